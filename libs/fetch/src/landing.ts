import { dirname } from "node:path";
import type { BlockPool } from "./block-pool.ts";
import { ByteRanges } from "./byte-ranges.ts";
import type { DigestWorker } from "./digest-worker.ts";
import { Journal, readJournal, removeJournal, type JournalSource } from "./journal.ts";
import type { LanePool } from "./lane-pool.ts";
import { LaneWriter } from "./lane-writer.ts";
import { PartialFile } from "./partial-file.ts";
import { InlineDigest, type RunningDigest } from "./running-digest.ts";
import { syncFolder } from "./sync-folder.ts";

/**
 * The journal is written after so many new bytes, or so long, or this share of the time since the start where that is
 * longer: a fetch that takes a day writes some thousand lines, and a crash loses a hundredth of it.
 */
const journalBytes = 8_388_608;
const journalMs = 500;
const journalShare = 0.01;
/** From this size on a thread of its own digests; below, starting it costs more than it saves. */
const workerBytes = 33_554_432;
/** Written bytes are sent to the disk in steps while more arrive, so that the fsync at the end is short. */
const syncBytes = 33_554_432;

/** What a landing needs of the fetcher. */
export interface LandingTools {
  readonly blocks: BlockPool;
  readonly worker: DigestWorker;
  /** Files that go to the disk at the same time. */
  readonly syncs: LanePool;
  readonly now: () => number;
}

/** Bytes that a digest follows. */
interface Follower {
  readonly start: number;
  /** Infinity while unknown. */
  readonly end: number;
  readonly digest: RunningDigest;
}

/**
 * Where the bytes of one file come down, out of order and unproven: the partial file, what of it is done, its journal
 * and its digests. A chunk index will hang in here: a chunk's digest before its bytes count as done.
 */
export class Landing {
  readonly #partial: PartialFile;
  readonly #tools: LandingTools;
  readonly #journalPath: string;
  readonly #done: ByteRanges;
  /** Done, but not in the journal yet. */
  readonly #unnoted = new ByteRanges();
  readonly #followers: Follower[] = [];
  #journal: Journal | undefined;
  readonly #openedAt: number;
  #notedAt: number;
  #unsynced = 0;
  /** After the last byte that was written in this run. */
  #longest = 0;
  #syncing: Promise<void> | undefined;
  #failure: unknown;
  #here: number;
  /** Bytes of an earlier run that still count. */
  resumedBytes: number;
  /** What that run noted about its sources. */
  readonly resumedSources: readonly JournalSource[];

  private constructor(
    partial: PartialFile,
    journalPath: string,
    tools: LandingTools,
    earlier: { journal: Journal; done: ByteRanges; sources: readonly JournalSource[] } | undefined,
  ) {
    this.#partial = partial;
    this.#journalPath = journalPath;
    this.#tools = tools;
    this.#journal = earlier?.journal;
    this.#done = earlier?.done ?? new ByteRanges();
    this.#here = this.#done.bytes;
    this.resumedBytes = this.#here;
    this.resumedSources = earlier?.sources ?? [];
    this.#openedAt = tools.now();
    this.#notedAt = this.#openedAt;
  }

  /**
   * Opens the partial file and takes over what an earlier run left in it, if its journal is of the same bytes. Without a
   * digest nothing could prove those, so the file is begun anew.
   */
  static async open(
    path: string,
    wanted: { readonly sha256: string | undefined; readonly size: number | undefined },
    tools: LandingTools,
  ): Promise<{ landing: Landing; size: number | undefined }> {
    const partial = await PartialFile.open(path);
    const journalPath = `${path}.journal`;
    try {
      const { sha256, size } = wanted;
      const bytes = partial.earlierBytes;
      const state =
        bytes > 0 && sha256 !== undefined
          ? await readJournal(journalPath, { sha256, size }, bytes)
          : undefined;
      if (state === undefined) {
        if (bytes > 0) await partial.truncate(0);
        return { landing: new Landing(partial, journalPath, tools, undefined), size };
      }
      const journal = await Journal.continue(journalPath, state);
      const { done, sources } = state;
      const landing = new Landing(partial, journalPath, tools, { journal, done, sources });
      return { landing, size: state.size };
    } catch (error) {
      await partial.close();
      throw error;
    }
  }

  /** Bytes of the file that are here, written or about to be. */
  get here(): number {
    return this.#here;
  }

  get done(): Pick<ByteRanges, "gaps" | "touches"> {
    return this.#done;
  }

  /** For a decoder that reads the finished bytes. */
  get fd(): number {
    return this.#partial.fd;
  }

  /** Begins to note what is done; for files that are worth resuming. */
  async keepJournal(sha256: string, size: number): Promise<void> {
    this.#journal ??= await Journal.create(this.#journalPath, sha256, size);
  }

  async noteSource(source: JournalSource): Promise<void> {
    await this.#journal?.source(source);
  }

  /** A digest that follows the bytes from `start` on, `bytes` of them where that is known. */
  digest(start: number, bytes: number | undefined): RunningDigest {
    const digest =
      (bytes ?? 0) >= workerBytes
        ? this.#tools.worker.follow(this.#partial.fd, start)
        : new InlineDigest(this.#partial.fd, start);
    const follower = { start, end: start + (bytes ?? Infinity), digest };
    this.#followers.push(follower);
    this.#advance(follower);
    return digest;
  }

  /** Stops a digest that nobody will ask for. */
  drop(digest: RunningDigest): void {
    const index = this.#followers.findIndex((follower) => follower.digest === digest);
    if (index >= 0) this.#followers.splice(index, 1);
    digest.close();
  }

  /** A writer for one lane. */
  lane(): LaneWriter {
    return new LaneWriter(this.#tools.blocks, (block, position) => this.#write(block, position));
  }

  /** Bytes came and were given to a lane. */
  arrived(bytes: number): void {
    this.#here += bytes;
  }

  /** Forgets bytes; no lane may be writing. */
  async restart(start: number, end: number): Promise<void> {
    this.#done.remove(start, end);
    this.#unnoted.remove(start, end);
    this.#here = this.#done.bytes;
    this.resumedBytes = 0;
    if (this.#done.end <= start) await this.#partial.truncate(this.#done.end);
    if (start < end) await this.#journal?.clear(start, Math.min(end, Number.MAX_SAFE_INTEGER));
    for (const follower of this.#followers) {
      if (follower.end <= start || follower.start >= end) continue;
      follower.digest.restart();
      this.#advance(follower);
    }
  }

  /** Makes the bytes a durable file at `to`. */
  async publish(to: string, size: number): Promise<void> {
    this.#closeDigests();
    await this.#syncing;
    this.#check();
    const longest = Math.max(this.#partial.earlierBytes, this.#longest);
    if (longest > size) await this.#partial.truncate(size);
    const { syncs } = this.#tools;
    await syncs.take();
    await this.#partial.publish(to).finally(() => syncs.give());
    await syncFolder(dirname(to));
    await this.#endJournal();
  }

  /** Lets go of the file and keeps it, with what is done noted, for a later run. */
  async keep(): Promise<void> {
    this.#closeDigests();
    await this.#syncing?.catch(() => undefined);
    await this.#note().catch(() => undefined);
    await this.#journal?.close();
    await this.#partial.close();
    if (this.#journal === undefined || this.#done.bytes === 0) await this.discard();
  }

  /** Removes the file and its journal. */
  async discard(): Promise<void> {
    this.#closeDigests();
    await this.#syncing?.catch(() => undefined);
    await this.#partial.remove();
    await this.#endJournal();
  }

  async #write(block: Uint8Array, position: number): Promise<void> {
    this.#check();
    for (const { start, end, digest } of this.#followers) {
      if (position >= start && position < end) digest.offer(block, position);
    }
    await this.#partial.write(block, position);
    const end = position + block.length;
    this.#longest = Math.max(this.#longest, end);
    this.#done.add(position, end);
    this.#unnoted.add(position, end);
    for (const follower of this.#followers) this.#advance(follower);
    this.#noteInTime();
    this.#syncInTime(block.length);
  }

  #advance({ start, end, digest }: Follower): void {
    digest.advance(Math.min(this.#done.frontier(start), end));
  }

  #noteInTime(): void {
    if (this.#journal === undefined) return;
    const now = this.#tools.now();
    const pauseMs = Math.max(journalMs, (now - this.#openedAt) * journalShare);
    if (now - this.#notedAt < pauseMs && this.#unnoted.bytes < journalBytes) return;
    this.#note().catch((error: unknown) => {
      this.#failure ??= error;
    });
  }

  async #note(): Promise<void> {
    this.#notedAt = this.#tools.now();
    const ranges = this.#unnoted.toArray();
    if (this.#journal === undefined || ranges.length === 0) return;
    for (const { start, end } of ranges) this.#unnoted.remove(start, end);
    await this.#journal.done(ranges);
  }

  #syncInTime(bytes: number): void {
    this.#unsynced += bytes;
    if (this.#unsynced < syncBytes || this.#syncing !== undefined) return;
    this.#unsynced = 0;
    this.#syncing = this.#partial.sync().then(
      () => {
        this.#syncing = undefined;
      },
      (error: unknown) => {
        this.#failure ??= error;
      },
    );
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #closeDigests(): void {
    for (const { digest } of this.#followers.splice(0)) digest.close();
  }

  async #endJournal(): Promise<void> {
    // An empty file of ours that is new has none: small files do without the question.
    const isPossible = this.#journal !== undefined || this.#partial.earlierBytes > 0;
    await this.#journal?.close();
    this.#journal = undefined;
    if (isPossible) await removeJournal(this.#journalPath);
  }
}
