import type { ByteRanges } from "./byte-ranges.ts";
import type { DiskThread, ThreadDigest } from "./disk-thread.ts";
import { InlineDigest, type RunningDigest } from "./running-digest.ts";

/** Bytes that a digest follows. */
interface Follower {
  readonly start: number;
  /** Infinity while unknown. */
  readonly end: number;
  readonly digest: RunningDigest;
  /** The same, where it lives in the thread. */
  readonly thread: ThreadDigest | undefined;
}

/** The digests of one file that is coming down: each of a run of its bytes, at its own place in it. */
export class Followers {
  readonly #thread: DiskThread;
  readonly #done: Pick<ByteRanges, "frontier">;
  readonly #list: Follower[] = [];

  /** `done`: what is on the disk. */
  constructor(thread: DiskThread, done: Pick<ByteRanges, "frontier">) {
    this.#thread = thread;
    this.#done = done;
  }

  /** A digest of the bytes of `fd` from `start` on, in the thread if wanted. */
  add(fd: number, start: number, end: number, inThread: boolean): RunningDigest {
    const thread = inThread ? this.#thread.follow(fd, start) : undefined;
    const digest = thread ?? new InlineDigest(fd, start);
    const follower = { start, end, digest, thread };
    this.#list.push(follower);
    this.#advance(follower);
    return digest;
  }

  /** Shows a block that is about to be written; gives the digests in the thread that want to see it, too. */
  offer(bytes: Uint8Array, position: number): readonly number[] {
    const inThread: number[] = [];
    for (const { start, end, digest, thread } of this.#list) {
      if (position < start || position + bytes.length > end) continue;
      if (thread === undefined) digest.offer(bytes, position);
      else inThread.push(thread.id);
    }
    return inThread;
  }

  /** A digest lives in the thread: there its file is written, too. */
  get inThread(): boolean {
    return this.#list.some(({ thread }) => thread !== undefined);
  }

  /** More of the file is on the disk. */
  advance(): void {
    for (const follower of this.#list) this.#advance(follower);
  }

  /** Bytes will be written anew. */
  restart(start: number, end: number): void {
    for (const follower of this.#list) {
      if (follower.end <= start || follower.start >= end) continue;
      follower.digest.restart();
      this.#advance(follower);
    }
  }

  /** Stops a digest that nobody will ask for. */
  drop(digest: RunningDigest): void {
    const index = this.#list.findIndex((follower) => follower.digest === digest);
    if (index >= 0) this.#list.splice(index, 1);
    digest.close();
  }

  close(): void {
    for (const { digest } of this.#list.splice(0)) digest.close();
  }

  #advance({ start, end, digest }: Follower): void {
    digest.advance(Math.min(this.#done.frontier(start), end));
  }
}
