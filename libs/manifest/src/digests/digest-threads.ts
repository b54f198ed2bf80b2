import { Worker } from "node:worker_threads";
import { readBlock, type DigestLane, type DigestRunOptions } from "./digest-lane.ts";
import type { RandomAccess } from "../bytes/random-access.ts";

/**
 * A thread's program: it digests the blocks that it is told of. It is text and not a module of its own, so that the room
 * runs the same from sources, from built code and inside a bundle.
 */
const program = `
const { parentPort, workerData } = require("node:worker_threads");
const { createHash } = require("node:crypto");
const memory = Buffer.from(workerData.memory);
let algorithm, hash, isOpen;
parentPort.on("message", (told) => {
  if (told.begin) {
    algorithm = told.begin;
    hash = createHash(algorithm);
    isOpen = true;
  } else if (told.finish) {
    parentPort.postMessage({ isLast: true, digests: isOpen ? [hash.digest("hex")] : [] });
  } else {
    const { slot, at, length, cuts } = told;
    const digests = [];
    let from = 0;
    for (const end of cuts) {
      digests.push(hash.update(memory.subarray(at + from, at + end)).digest("hex"));
      hash = createHash(algorithm);
      from = end;
    }
    isOpen = from < length || (from === 0 && isOpen);
    if (from < length) hash.update(memory.subarray(at + from, at + length));
    parentPort.postMessage({ slot, digests });
  }
});
`;

interface Answer {
  /** The block that is done with. */
  readonly slot?: number;
  readonly digests: readonly string[];
  readonly isLast?: boolean;
}

/** One read, and what one message tells of. */
const slotBytes = 1 << 21;
/** Blocks that are read ahead of the slowest thread. */
const slots = 3;

/**
 * Threads that digest large files: one for each lane, all fed from one reading of the file into memory that they share.
 * Started when first needed; files go through one after the other, since one keeps every core busy.
 */
export class DigestThreads {
  readonly #memory = new SharedArrayBuffer(slots * slotBytes);
  readonly #threads: Thread[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  /** As `digestInline`. */
  async run(
    file: RandomAccess,
    lanes: readonly DigestLane[],
    options: DigestRunOptions,
  ): Promise<readonly (readonly string[])[]> {
    const run = this.#turn.then(() => this.#digest(file, lanes, options));
    this.#turn = run.catch(() => undefined);
    return await run;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread.close()));
  }

  async #digest(
    file: RandomAccess,
    lanes: readonly DigestLane[],
    { signal, onProgress }: DigestRunOptions,
  ): Promise<readonly (readonly string[])[]> {
    signal?.throwIfAborted();
    while (this.#threads.length < lanes.length) this.#threads.push(new Thread(this.#memory));
    const pairs = lanes.map((lane, i) => ({ lane, thread: this.#threads[i] as Thread }));
    for (const { lane, thread } of pairs) await thread.begin(lane);
    for (let at = 0, block = 0; at < file.size; at += slotBytes, block += 1) {
      const slot = block % slots;
      await Promise.all(pairs.map(({ thread }) => thread.free(slot)));
      signal?.throwIfAborted();
      const begin = slot * slotBytes;
      const wanted = Math.min(slotBytes, file.size - at);
      const bytes = Buffer.from(this.#memory, begin, wanted);
      const length = await readBlock(file, bytes, at);
      for (const { lane, thread } of pairs) {
        const cuts = lane.cuts(bytes.subarray(0, length), at);
        thread.digest({ slot, at: begin, length, cuts });
      }
      onProgress?.(at + length);
      if (length < wanted) break;
    }
    return await Promise.all(pairs.map(({ thread }) => thread.finish()));
  }
}

interface Block {
  readonly slot: number;
  /** Offset in the shared memory. */
  readonly at: number;
  readonly length: number;
  readonly cuts: readonly number[];
}

class Thread {
  readonly #worker: Worker;
  readonly #busy = new Set<number>();
  #failure: Error | undefined;
  #digests: string[] = [];
  #isThrough = false;
  #lane: DigestLane | undefined;
  #wake: () => void = () => undefined;

  constructor(memory: SharedArrayBuffer) {
    this.#worker = new Worker(program, {
      eval: true,
      // Not the host's loaders and flags: they would be loaded a second time.
      execArgv: [],
      env: {},
      workerData: { memory },
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
    });
    this.#worker.on("message", (answer: Answer) => {
      if (answer.slot !== undefined) this.#busy.delete(answer.slot);
      this.#isThrough = answer.isLast === true;
      if (answer.digests.length > 0) {
        this.#digests.push(...answer.digests);
        this.#lane?.onDigests?.(answer.digests);
      }
      this.#wake();
    });
    this.#worker.on("error", (error) => {
      this.#failure = error;
      this.#wake();
    });
  }

  async begin(lane: DigestLane): Promise<void> {
    // What a run that failed left behind has to be answered first.
    await this.#until(() => this.#busy.size === 0);
    this.#digests = [];
    this.#isThrough = false;
    this.#lane = lane;
    this.#worker.postMessage({ begin: lane.algorithm });
  }

  digest(block: Block): void {
    this.#busy.add(block.slot);
    this.#worker.postMessage(block);
  }

  /** Waits until the thread is through with what it was told of this slot. */
  async free(slot: number): Promise<void> {
    await this.#until(() => !this.#busy.has(slot));
  }

  async finish(): Promise<readonly string[]> {
    this.#worker.postMessage({ finish: true });
    await this.#until(() => this.#isThrough);
    return this.#digests;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
