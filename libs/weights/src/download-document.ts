import { setTimeout as wait } from "node:timers/promises";
import { collectBytes, manifestLimits } from "@plimsoll/manifest";
import type { FetchOptions } from "@plimsoll/fetch";
import type { Connections } from "./connections.ts";

/** As for files; a document is small, so each try begins anew. */
const defaults = { tries: 6, backoff: { baseMs: 1000, capMs: 60_000 } } as const;

/**
 * A manifest from a web server, at most 4 MiB of it or `maxBytes` (row M15). A failure that may pass is tried again, with growing,
 * random waits or the one that the host asks for (rows N15 and N17). Throws what the HTTP client throws.
 */
export async function downloadDocument(
  url: string,
  connections: Connections,
  options: Pick<FetchOptions, "tries" | "backoff" | "sleep" | "random" | "signal"> & {
    readonly maxBytes?: number;
  } = {},
): Promise<Uint8Array> {
  const { tries, backoff } = { ...defaults, ...options };
  const { sleep = pause, random = Math.random, signal } = options;
  const { maxBytes = manifestLimits.maxBytes } = options;
  const http = await connections.http();
  const source = url.replace(/[?#].*$/, "");
  for (let attempt = 1; ; attempt++) {
    try {
      const reply = await http.request(url, signal ? { signal } : {});
      return await collectBytes(reply.body, { maxBytes, source });
    } catch (error) {
      signal?.throwIfAborted();
      const { retryable, retryAfterMs } = error as { retryable?: boolean; retryAfterMs?: number };
      if (retryable !== true || attempt >= tries) throw error;
      const longest = Math.min(backoff.capMs, backoff.baseMs * 2 ** (attempt - 1));
      await sleep(Math.min(retryAfterMs ?? random() * longest, backoff.capMs), signal);
    }
  }
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, signal ? { signal } : {});
}
