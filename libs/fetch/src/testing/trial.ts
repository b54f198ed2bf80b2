import { httpClient, type HttpClient, type HttpClientOptions } from "@plimsoll/storage";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FetchError } from "../error.ts";
import type { FetchEvent, FetchOptions, FetchRequest, FetchResult } from "../fetch-request.ts";
import { fetchFile } from "../open-fetcher.ts";

/** What stands in every URL of a trial as a query: it must never come out again. */
export const secret = "s3cret-c4nary";

/** What lies at the final path before a trial. */
export const oldBytes = Buffer.from("the version that serves now");

export interface Outcome {
  readonly result: FetchResult | undefined;
  readonly error: FetchError | undefined;
  readonly events: readonly FetchEvent[];
  /** Waits between tries, ms. */
  readonly waits: readonly number[];
  /** Body bytes that were read from the network. */
  readonly readBytes: number;
}

export interface Trial {
  /** A folder of its own. */
  readonly dir: string;
  readonly urls: readonly string[];
  /** The right bytes. */
  readonly bytes: Uint8Array;
  readonly request?: Partial<FetchRequest>;
  readonly options?: FetchOptions;
  readonly http?: HttpClientOptions;
  /** Most body bytes that may be read; default three times the file and 64 KiB. */
  readonly mostBytes?: number;
  /** Leave what an earlier trial left in the folder. */
  readonly again?: boolean;
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");

/**
 * Fetches `model.onnx` into a folder where an older version lies, waits for nothing, and asserts the invariants of
 * docs on faults: I1 the old file or the whole new one · I2 never other bytes · I3 nothing left over but what a resume
 * uses · I4 a code and a message with file and source · I5 no secret in what is told · I6 bounded reading.
 */
export async function fetchTrial(trial: Trial): Promise<Outcome> {
  const { dir, bytes } = trial;
  const to = join(dir, "model.onnx");
  if (!trial.again) await writeFile(to, oldBytes);
  const before = await readFile(to);
  const events: FetchEvent[] = [];
  const waits: number[] = [];
  const counted = countingClient(httpClient(trial.http));
  const urls = trial.urls.map((url) => (/^https?:/.test(url) ? `${url}?sig=${secret}` : url));
  let result: FetchResult | undefined;
  let error: FetchError | undefined;
  try {
    result = await fetchFile(
      {
        name: "model.onnx",
        urls,
        to,
        size: bytes.length,
        sha256: sha256(bytes),
        ...trial.request,
      },
      {
        http: counted.client,
        onEvent: (event) => events.push(event),
        sleep: async (ms, signal) => {
          signal?.throwIfAborted();
          waits.push(Math.round(ms));
        },
        random: () => 1,
        // How many lanes there are must not depend on the load of the machine.
        isBusy: () => false,
        now: () => 0,
        ...trial.options,
      },
    );
  } catch (thrown) {
    if (!(thrown instanceof FetchError)) throw thrown;
    error = thrown;
  } finally {
    counted.client.close();
  }
  const outcome = { result, error, events, waits, readBytes: counted.read() };
  await expectInvariants(trial, to, before, outcome);
  return outcome;
}

async function expectInvariants(
  { dir, urls, bytes, request, mostBytes }: Trial,
  to: string,
  before: Uint8Array,
  { result, error, events, readBytes }: Outcome,
): Promise<void> {
  const after = await readFile(to);
  const wanted = result ? bytes : before;
  if (!after.equals(wanted)) throw new Error("I1, I2: other bytes at the final path");
  if (result && (result.sha256 !== sha256(bytes) || result.size !== bytes.length)) {
    throw new Error("I2: the result tells another digest or size");
  }
  const left = (await readdir(dir)).filter((name) => name.startsWith(".model.onnx"));
  const wrong = error?.code === "E_DIGEST" || error?.code === "E_SIZE";
  const resumable = [".model.onnx.partial", ".model.onnx.partial.journal"];
  if (error && !wrong && (left.length === 0 || left.join() === resumable.join())) left.length = 0;
  if (left.length > 0) throw new Error(`I3: left over: ${left.join(", ")}`);
  const hosts = [...urls, ...(request?.parts ?? []).flatMap((part) => part.urls)].map(
    (url) => new URL(url).host,
  );
  const named =
    error?.code === "E_CANCELLED" || hosts.some((host) => error?.message.includes(host) === true);
  if (
    error &&
    !(/^E_[A-Z_]+$/.test(error.code) && error.message.startsWith("model.onnx: ") && named)
  ) {
    throw new Error(`I4: not a message of ours: ${error.code} ${error.message}`);
  }
  const told = events.flatMap((event) => ("reason" in event ? [event.reason] : []));
  if (`${error?.message}${told.join("")}`.includes(secret))
    throw new Error("I5: the secret got out");
  const most = mostBytes ?? bytes.length * 3 + 65_536;
  if (readBytes > most) throw new Error(`I6: ${readBytes} bytes read, ${most} allowed`);
}

function countingClient(inner: HttpClient): { client: HttpClient; read: () => number } {
  let bytes = 0;
  const client: HttpClient = {
    request: async (url, request) => {
      const reply = await inner.request(url, request);
      const pump: typeof reply.pump = (take) =>
        reply.pump((part) => {
          bytes += part.length;
          return take(part);
        });
      return { ...reply, pump };
    },
    close: () => inner.close(),
  };
  return { client, read: () => bytes };
}
