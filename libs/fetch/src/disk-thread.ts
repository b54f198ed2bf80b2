import { Worker } from "node:worker_threads";
import type { RunningDigest } from "./running-digest.ts";

/**
 * So much is read back at a time before writes that wait are done; and a digest that is so little behind catches up
 * when the next block is there, so that it goes on from memory.
 */
const turnBytes = 4_194_304;

/**
 * The thread's program. It is text and not a module of its own, so that the room runs the same from sources, from built
 * code and inside a bundle. A block is digested where it lies in memory if it is the next one, else read back later, by
 * 256 KiB, which stay in the second-level cache between read and digest.
 */
const program = `
const { parentPort } = require("node:worker_threads");
const { readSync, writeSync } = require("node:fs");
const { createHash } = require("node:crypto");
const buffer = Buffer.allocUnsafeSlow(262144);
const digests = new Map();
const told = ({ message, code, syscall }) => ({ message, code, syscall });
function write({ fd, block, length, position, feeds, write }) {
  const bytes = Buffer.from(block, 0, length);
  try {
    for (let at = 0; at < length;) at += writeSync(fd, bytes, at, length - at, position + at);
    for (const id of feeds) {
      const digest = digests.get(id);
      if (digest !== undefined) feed(digest, bytes, position);
    }
    parentPort.postMessage({ write, block }, [block]);
  } catch (error) {
    parentPort.postMessage({ write, block, error: told(error) }, [block]);
  }
}
function feed(digest, bytes, position) {
  if (position > digest.reach) return;
  digest.reach = Math.max(digest.reach, position + bytes.length);
  const gap = position - digest.at;
  if (gap < 0 || gap > ${turnBytes}) return;
  read(digest, position);
  digest.hash.update(bytes);
  digest.at += bytes.length;
}
function read(digest, end) {
  while (digest.at < end) {
    const count = readSync(digest.fd, buffer, 0, Math.min(buffer.length, end - digest.at), digest.at);
    if (count === 0) throw new Error("the partial file became shorter");
    digest.hash.update(count === buffer.length ? buffer : buffer.subarray(0, count));
    digest.at += count;
  }
}
function follow({ id, fd, from, frontier, finish, close }) {
  if (close) return void digests.delete(id);
  if (fd !== undefined) digests.set(id, { id, fd, at: from, reach: from, hash: createHash("sha256") });
  const digest = digests.get(id);
  if (digest === undefined) return;
  digest.reach = Math.max(digest.reach, frontier);
  if (finish) digest.finish = true;
  if (digest.turn === undefined) catchUp(digest);
}
function catchUp(digest) {
  digest.turn = undefined;
  const { id } = digest;
  if (digests.get(id) !== digest) return;
  try {
    read(digest, Math.min(digest.reach, digest.at + ${turnBytes}));
    if (digest.at < digest.reach) digest.turn = setImmediate(catchUp, digest);
    else if (digest.finish) {
      digest.finish = false;
      parentPort.postMessage({ id, sha256: digest.hash.copy().digest("hex") });
    }
  } catch (error) {
    digests.delete(id);
    parentPort.postMessage({ id, error: told(error) });
  }
}
parentPort.on("message", (message) => (message.block ? write(message) : follow(message)));
`;

/** What an error keeps on its way between threads. */
interface ToldError {
  readonly message: string;
  readonly code?: string;
  readonly syscall?: string;
}

interface DigestAnswer {
  readonly id: number;
  readonly sha256?: string;
  readonly error?: ToldError;
}

interface WriteAnswer {
  readonly write: number;
  readonly block: ArrayBuffer;
  readonly error?: ToldError;
}

/** A digest that lives in the thread. */
export interface ThreadDigest extends RunningDigest {
  /** Its name there, for the blocks that it is fed with. */
  readonly id: number;
}

interface Writing {
  readonly done: (block: Buffer) => void;
  readonly failed: (error: Error) => void;
}

/** The frontier is told in steps of this size: each message wakes the thread. */
const stepBytes = 4_194_304;

/** One thread that writes large files and digests them as they grow, for all files of a fetcher. Started when first needed. */
export class DiskThread {
  #worker: Worker | undefined;
  #nextId = 0;
  readonly #answers = new Map<number, (answer: DigestAnswer) => void>();
  /** An answer that came before anybody asked: a failed read. */
  readonly #failed = new Map<number, DigestAnswer>();
  readonly #live = new Set<number>();
  readonly #writing = new Map<number, Writing>();

  /**
   * Writes a block to `fd` and feeds it to the digests of this thread for which it is the next one. The block goes to
   * the thread and must not be used any more; in its place comes one that may. Rejects with what the system said.
   */
  write(
    fd: number,
    block: Buffer,
    length: number,
    position: number,
    feeds: readonly number[],
  ): Promise<Buffer> {
    const worker = this.#running();
    const write = this.#nextId++;
    const memory = block.buffer as ArrayBuffer;
    return new Promise((done, failed) => {
      this.#writing.set(write, { done, failed });
      worker.postMessage({ write, fd, block: memory, length, position, feeds }, [memory]);
    });
  }

  /** A running digest of the bytes of `fd` from `from` on. `fd` stays open until its `close`. */
  follow(fd: number, from = 0): ThreadDigest {
    const worker = this.#running();
    let id = this.#begin(worker, fd, from);
    let told = from;
    const drop = (): void => {
      this.#live.delete(id);
      this.#failed.delete(id);
      worker.postMessage({ id, close: true });
    };
    return {
      get id() {
        return id;
      },
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
          const settle = ({ sha256, error }: DigestAnswer): void =>
            sha256 === undefined ? reject(revive(error)) : resolve(sha256);
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

  /** Starts the thread, which takes a moment. */
  start(): void {
    if (this.#worker === undefined) this.#running().unref();
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(program, {
      eval: true,
      // Not the host's loaders and flags: they would be loaded a second time.
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
    });
    worker.on("message", (answer: DigestAnswer | WriteAnswer) => {
      if ("block" in answer) this.#wrote(answer);
      else this.#settle(answer);
    });
    worker.on("error", (error) => {
      for (const id of this.#live) this.#settle({ id, error });
      for (const { failed } of this.#writing.values()) failed(error);
      this.#writing.clear();
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

  #wrote({ write, block, error }: WriteAnswer): void {
    const writing = this.#writing.get(write);
    this.#writing.delete(write);
    if (error === undefined) writing?.done(Buffer.from(block));
    else writing?.failed(revive(error));
  }

  #settle(answer: DigestAnswer): void {
    const asked = this.#answers.get(answer.id);
    this.#answers.delete(answer.id);
    if (asked !== undefined) asked(answer);
    else if (this.#live.has(answer.id)) this.#failed.set(answer.id, answer);
  }
}

const revive = (told: ToldError | undefined): Error =>
  Object.assign(new Error(told?.message ?? "the thread that writes ended"), told);
