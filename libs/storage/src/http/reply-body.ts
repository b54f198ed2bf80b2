import type { IncomingMessage } from "node:http";

import type { Clock } from "../clock.ts";
import { StorageError } from "../error.ts";
import { onAbort } from "../on-abort.ts";
import { closedError, timeoutError } from "./exchange.ts";
import { HttpError } from "./http-error.ts";
import type { OpenRequests } from "./open-requests.ts";
import { showUrl } from "./web-address.ts";

/** So many bytes wait for their reader before the socket is held. */
const heldBytes = 512 * 1024;

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

/**
 * The body as the socket's own buffers, to be read once. A reader that leaves, or never begins, gives the connection up;
 * one that is slow holds it without being called idle. Throws `E_NETWORK` for an early end, `E_SIZE` for a late one,
 * `E_TIMEOUT` for silence and for a trickle (rows N1-N4, N14).
 */
export function replyBody(message: IncomingMessage, rules: BodyRules): AsyncIterable<Buffer> {
  const { url, expectedBytes, signal } = rules;
  const queue: Buffer[] = [];
  let queuedBytes = 0;
  let receivedBytes = 0;
  let isOver = false;
  let isClaimed = false;
  let failure: { readonly error: unknown } | undefined;
  let reader:
    { resolve(step: IteratorResult<Buffer>): void; reject(error: unknown): void } | undefined;
  const watch = watchSpeed(rules, {
    received: () => receivedBytes,
    isHeld: () => message.isPaused(),
    isClaimed: () => isClaimed,
    giveUp: (what) => fail(timeoutError(url, `${what} after ${progress()}`)),
  });
  const takeBack = onAbort(signal, () => {
    queue.length = 0;
    fail(signal?.reason);
  });
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
    message.destroy();
    if (reader === undefined) failure = { error };
    else reader.reject(error);
    reader = undefined;
  };
  const cut = (cause?: unknown): void => {
    const text = `${showUrl(url)}: the connection was cut after ${progress()}`;
    fail(new HttpError("E_NETWORK", text, { retryable: true }, { cause }));
  };

  message.on("data", (chunk: Buffer) => {
    if (isOver) return;
    receivedBytes += chunk.length;
    if (expectedBytes !== undefined && receivedBytes > expectedBytes) {
      const text = `${showUrl(url)}: more than the ${expectedBytes} bytes announced`;
      fail(new HttpError("E_SIZE", text, { retryable: false }));
      return;
    }
    watch.arrived();
    if (reader !== undefined) {
      reader.resolve({ done: false, value: chunk });
      reader = undefined;
      return;
    }
    queue.push(chunk);
    queuedBytes += chunk.length;
    if (queuedBytes >= heldBytes) message.pause();
  });
  message.on("end", () => {
    if (isOver) return;
    if (expectedBytes !== undefined && receivedBytes < expectedBytes) {
      cut();
      return;
    }
    end();
    reader?.resolve({ done: true, value: undefined });
    reader = undefined;
  });
  message.on("error", (error) => cut(error));
  message.on("close", () => cut());
  // Its events may be over before anybody could listen.
  if (message.destroyed) cut(message.errored);

  const iterator: AsyncIterator<Buffer> = {
    next() {
      isClaimed = true;
      const chunk = queue.shift();
      if (chunk !== undefined) {
        queuedBytes -= chunk.length;
        if (!isOver && queuedBytes < heldBytes / 2 && message.isPaused()) {
          watch.arrived();
          message.resume();
        }
        return Promise.resolve({ done: false, value: chunk });
      }
      if (failure !== undefined) return Promise.reject(failure.error);
      if (isOver) return Promise.resolve({ done: true, value: undefined });
      return new Promise((resolve, reject) => {
        reader = { resolve, reject };
      });
    },
    return() {
      queue.length = 0;
      queuedBytes = 0;
      failure = undefined;
      if (!isOver) {
        end();
        message.destroy();
      }
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return {
    [Symbol.asyncIterator]() {
      if (isClaimed) throw new StorageError("E_USAGE", `${showUrl(url)}: a body is read once`);
      isClaimed = true;
      return iterator;
    },
  };
}

interface Watched {
  received(): number;
  isHeld(): boolean;
  isClaimed(): boolean;
  giveUp(what: string): void;
}

/** Watches for silence and for a trickle; the time in which the reader held the socket counts for neither. */
function watchSpeed(rules: BodyRules, body: Watched): { arrived(): void; stop(): void } {
  const { clock, idleTimeoutMs, minBytesPerSecond, slowWindowMs } = rules;
  let lastByteAt = clock.now();
  let windowStart = body.received();
  let wasHeld = false;
  let cancelIdle = (): void => undefined;
  let cancelWindow = (): void => undefined;

  const checkIdle = (): void => {
    if (!body.isClaimed()) {
      body.giveUp("nobody read the body");
      return;
    }
    const silentMs = body.isHeld() ? 0 : clock.now() - lastByteAt;
    if (silentMs >= idleTimeoutMs) body.giveUp(`silent for ${idleTimeoutMs / 1000} s`);
    else cancelIdle = clock.after(idleTimeoutMs - silentMs, checkIdle);
  };
  const checkWindow = (): void => {
    const bytes = body.received() - windowStart;
    const isSlow = bytes * 1000 < minBytesPerSecond * slowWindowMs;
    if (isSlow && !wasHeld && !body.isHeld()) {
      body.giveUp(`only ${bytes} bytes in ${slowWindowMs / 1000} s`);
      return;
    }
    windowStart = body.received();
    wasHeld = false;
    cancelWindow = clock.after(slowWindowMs, checkWindow);
  };
  cancelIdle = clock.after(idleTimeoutMs, checkIdle);
  cancelWindow = clock.after(slowWindowMs, checkWindow);
  return {
    arrived() {
      lastByteAt = clock.now();
      if (body.isHeld()) wasHeld = true;
    },
    stop() {
      cancelIdle();
      cancelWindow();
    },
  };
}
