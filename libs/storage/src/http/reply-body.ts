import type { Clock } from "../clock.ts";
import { StorageError } from "../error.ts";
import { onAbort } from "../on-abort.ts";
import type { WireAnswer } from "./connection.ts";
import { closedError, timeoutError } from "./exchange.ts";
import type { HttpReply } from "./http-client.ts";
import { HttpError } from "./http-error.ts";
import { iterateParts } from "./iterate-parts.ts";
import type { OpenRequests } from "./open-requests.ts";
import { pumpParts } from "./pump-parts.ts";
import { watchSpeed } from "./watch-speed.ts";
import { showUrl } from "./web-address.ts";

/** What the body of one answer has to keep. */
export interface BodyRules {
  readonly url: URL;
  /** Bytes of the body where the head said so; neither more nor less is taken. */
  readonly expectedBytes: number | undefined;
  readonly idleTimeoutMs: number;
  readonly minBytesPerSecond: number;
  readonly slowWindowMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly open: OpenRequests;
}

/** Who reads a body. */
export interface BodyReader {
  /** A part, valid during the call only; a few may still come after a hold. */
  part(bytes: Buffer): void;
  /** Once, without an error where all has come. */
  over(failure?: { readonly error: unknown }): void;
}

/** The body while it is read. */
export interface BodySource {
  /** Begins to read. Throws `E_USAGE` the second time. */
  claim(reader: BodyReader): void;
  hold(): void;
  release(): void;
  /** Gives the connection up, unless everything has come. */
  leave(): void;
}

/**
 * The two ways to read a body, once. A reader that leaves, or never begins, gives the connection up; one that is slow
 * holds it without being called idle. Both throw `E_NETWORK` for an early end, `E_SIZE` for a late one, `E_TIMEOUT` for
 * silence and for a trickle (rows N1-N4, N14).
 */
export function replyBody(answer: WireAnswer, rules: BodyRules): Pick<HttpReply, "body" | "pump"> {
  const { url, expectedBytes, signal } = rules;
  let receivedBytes = 0;
  let isOver = false;
  let isHeld = false;
  let isClaimed = false;
  let failure: { readonly error: unknown } | undefined;
  let reader: BodyReader | undefined;
  const watch = watchSpeed(rules, {
    received: () => receivedBytes,
    isHeld: () => isHeld,
    isClaimed: () => isClaimed,
    giveUp: (what) => fail(timeoutError(url, `${what} after ${progress()}`)),
  });
  const takeBack = onAbort(signal, () => fail(signal?.reason));
  const forget = rules.open.add(() => fail(closedError(url)));

  const progress = (): string =>
    `${receivedBytes}${expectedBytes === undefined ? "" : ` of ${expectedBytes}`} bytes`;
  const end = (): void => {
    isOver = true;
    watch.stop();
    takeBack();
    forget();
  };
  const fail = (error: unknown): void => {
    if (isOver) return;
    end();
    answer.destroy();
    failure = { error };
    reader?.over(failure);
  };
  const cut = (cause?: unknown): void => {
    const text = `${showUrl(url)}: the connection was cut after ${progress()}`;
    fail(new HttpError("E_NETWORK", text, { retryable: true }, { cause }));
  };
  const data = (part: Buffer): void => {
    if (isOver) return;
    receivedBytes += part.length;
    if (expectedBytes !== undefined && receivedBytes > expectedBytes) {
      const text = `${showUrl(url)}: more than the ${expectedBytes} bytes announced`;
      fail(new HttpError("E_SIZE", text, { retryable: false }));
      return;
    }
    watch.arrived();
    reader?.part(part);
  };
  const whole = (): void => {
    if (isOver) return;
    if (expectedBytes !== undefined && receivedBytes < expectedBytes) {
      cut();
      return;
    }
    end();
    reader?.over();
  };

  const source: BodySource = {
    claim(claimant) {
      if (isClaimed) throw new StorageError("E_USAGE", `${showUrl(url)}: a body is read once`);
      isClaimed = true;
      reader = claimant;
      if (failure !== undefined) reader.over(failure);
      else answer.start({ data, end: whole, cut });
    },
    hold() {
      isHeld = true;
      if (!isOver) answer.hold();
    },
    release() {
      if (!isHeld) return;
      isHeld = false;
      if (isOver) return;
      watch.arrived();
      answer.release();
    },
    leave() {
      if (isOver) return;
      end();
      answer.destroy();
    },
  };
  return { body: iterateParts(source), pump: (take) => pumpParts(source, take) };
}
