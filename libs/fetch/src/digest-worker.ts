import { Worker } from "node:worker_threads";
import type { RunningDigest } from "./running-digest.ts";

/**
 * The thread's program. It is text and not a module of its own, so that the room runs the same from sources, from built
 * code and inside a bundle. Blocks of 256 KiB stay in the second-level cache between read and digest.
 */
const program = `
const { parentPort } = require("node:worker_threads");
const { readSync } = require("node:fs");
const { createHash } = require("node:crypto");
const block = Buffer.allocUnsafeSlow(262144);
const files = new Map();
parentPort.on("message", ({ id, fd, from, frontier, finish, close }) => {
  if (close) return void files.delete(id);
  if (fd !== undefined) files.set(id, { fd, at: from, hash: createHash("sha256") });
  const file = files.get(id);
  if (file === undefined) return;
  try {
    while (file.at < frontier) {
      const count = readSync(file.fd, block, 0, Math.min(block.length, frontier - file.at), file.at);
      if (count === 0) throw new Error("the partial file became shorter");
      file.hash.update(count === block.length ? block : block.subarray(0, count));
      file.at += count;
    }
    if (finish) parentPort.postMessage({ id, sha256: file.hash.copy().digest("hex") });
  } catch (error) {
    files.delete(id);
    parentPort.postMessage({ id, error });
  }
});
`;

interface Answer {
  readonly id: number;
  readonly sha256?: string;
  readonly error?: Error;
}

/** The frontier is told in steps of this size: each message wakes the thread. */
const stepBytes = 4_194_304;

/** One thread that digests large files as they grow, for all files of a fetcher. Started when first needed. */
export class DigestWorker {
  #worker: Worker | undefined;
  #nextId = 0;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  /** An answer that came before anybody asked: a failed read. */
  readonly #failed = new Map<number, Answer>();
  readonly #live = new Set<number>();

  /** A running digest of the bytes of `fd` from `from` on. `fd` stays open until its `close`. */
  follow(fd: number, from = 0): RunningDigest {
    const worker = this.#start();
    let id = this.#begin(worker, fd, from);
    let told = from;
    const drop = (): void => {
      this.#live.delete(id);
      this.#failed.delete(id);
      worker.postMessage({ id, close: true });
    };
    return {
      offer: () => undefined,
      advance: (frontier) => {
        if (frontier < told + stepBytes) return;
        told = frontier;
        worker.postMessage({ id, frontier });
      },
      restart: () => {
        drop();
        id = this.#begin(worker, fd, from);
        told = from;
      },
      finish: (end) =>
        new Promise((resolve, reject) => {
          const settle = ({ sha256, error }: Answer): void =>
            sha256 === undefined ? reject(error) : resolve(sha256);
          const failed = this.#failed.get(id);
          if (failed !== undefined) return settle(failed);
          this.#answers.set(id, settle);
          worker.postMessage({ id, frontier: end, finish: true });
        }),
      close: () => {
        drop();
        if (this.#live.size === 0) worker.unref();
      },
    };
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(program, {
      eval: true,
      // Not the host's loaders and flags: they would be loaded a second time.
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
    });
    worker.on("message", (answer: Answer) => this.#settle(answer));
    worker.on("error", (error) => {
      for (const id of this.#live) this.#settle({ id, error });
      this.#worker = undefined;
    });
    this.#worker = worker;
    return worker;
  }

  #begin(worker: Worker, fd: number, from: number): number {
    const id = this.#nextId++;
    this.#live.add(id);
    worker.ref();
    worker.postMessage({ id, fd, from, frontier: from });
    return id;
  }

  #settle(answer: Answer): void {
    const asked = this.#answers.get(answer.id);
    this.#answers.delete(answer.id);
    if (asked !== undefined) asked(answer);
    else if (this.#live.has(answer.id)) this.#failed.set(answer.id, answer);
  }
}
