import { collectBytes, isLfsPointer } from "@plimsoll/manifest";
import type { Connections } from "./connections.ts";
import { WeightsError } from "./error.ts";
import { codeOf } from "./problem.ts";

/** What shows that other bytes came than the manifest's. */
const WRONG_BYTES = new Set(["E_DIGEST", "E_SIZE", "E_RANGE"]);
/** A Git-LFS pointer is smaller than this. */
const POINTER_BYTES = 1024;

/**
 * When the wrong bytes came, asks once more for the first of them: a host that serves a Git-LFS pointer in place of
 * weights (a raw file of a repository, say) deserves a better name than a wrong digest. Gives the error to throw.
 */
export async function explainPointer(
  error: unknown,
  context: {
    readonly name: string;
    readonly urls: readonly string[];
    readonly connections: Connections;
    readonly signal: AbortSignal | undefined;
  },
): Promise<unknown> {
  const [url] = context.urls;
  if (url === undefined || !WRONG_BYTES.has(codeOf(error) ?? "")) return error;
  const head = await readStart(url, context).catch(() => undefined);
  if (head === undefined || !isLfsPointer(head)) return error;
  return new WeightsError(
    "E_LFS_POINTER",
    `${context.name}: ${url.replace(/[?#].*$/, "")} gives a Git-LFS pointer, not the weights: publish the real file (git lfs pull), or use the host's LFS download URL`,
    { cause: error },
  );
}

async function readStart(
  url: string,
  { connections, signal }: { connections: Connections; signal: AbortSignal | undefined },
): Promise<Uint8Array> {
  const call = signal ? { signal } : {};
  if (/^https?:/i.test(url)) {
    const reply = await (await connections.http()).request(url, call);
    return await collectBytes(reply.body, { maxBytes: POINTER_BYTES });
  }
  const { driver, key } = await connections.resolve(url);
  const { body } = await driver.read(key, call);
  return await collectBytes(body, { maxBytes: POINTER_BYTES });
}
