import { Worker } from "node:worker_threads";

/**
 * The thread's program. It is text and not a module of its own, so that the room runs the same from sources, from built
 * code and inside a bundle. Blocks of 256 KiB stay in the second-level cache between read and digest.
 */
const program = `
const { parentPort, workerData } = require("node:worker_threads");
const { openSync, readSync, closeSync } = require("node:fs");
const { createHash } = require("node:crypto");
const block = Buffer.allocUnsafeSlow(262144);
const hash = createHash("sha256");
const file = openSync(workerData.path, "r");
try {
  let at = 0;
  for (let told = 0; ; ) {
    const count = readSync(file, block, 0, block.length, at);
    if (count === 0) break;
    hash.update(count === block.length ? block : block.subarray(0, count));
    at += count;
    if (at - told < 8388608) continue;
    told = at;
    parentPort.postMessage({ bytes: at });
  }
  parentPort.postMessage({ bytes: at, sha256: hash.digest("hex") });
} finally {
  closeSync(file);
}
`;

interface Told {
  /** Read so far. */
  readonly bytes: number;
  readonly sha256?: string;
}

/**
 * SHA-256 of a large file, hex, on a thread that reads it itself: nothing that this thread does holds it up. Throws what
 * the operating system says, and the signal's reason.
 */
export async function hashOnThread(
  path: string,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (bytes: number) => void } = {},
): Promise<string> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const worker = new Worker(program, {
    eval: true,
    // Not the host's loaders and flags: they would be loaded a second time.
    execArgv: [],
    env: {},
    workerData: { path },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
  });
  let stop = (): void => undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      stop = () => reject(signal?.reason as Error);
      signal?.addEventListener("abort", stop, { once: true });
      worker.on("message", ({ bytes, sha256 }: Told) => {
        onProgress?.(bytes);
        if (sha256 !== undefined) resolve(sha256);
      });
      worker.on("error", reject);
    });
  } finally {
    signal?.removeEventListener("abort", stop);
    await worker.terminate();
  }
}
