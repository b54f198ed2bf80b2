import { dirname } from "node:path";
import type { BlockPool } from "./block-pool.ts";
import { ByteRanges, type ByteRange } from "./byte-ranges.ts";
import type { ChunkMap } from "./chunk-map.ts";
import { diskError } from "./disk-error.ts";
import type { DiskThread } from "./disk-thread.ts";
import { Followers } from "./followers.ts";
import { Journal, readJournal, type JournalSource } from "./journal.ts";
import type { LanePool } from "./lane-pool.ts";
import { LaneWriter } from "./lane-writer.ts";
import { Notes } from "./notes.ts";
import { PartialFile } from "./partial-file.ts";
import { Proving } from "./proving.ts";
import { InlineDigest, type RunningDigest } from "./running-digest.ts";
import { syncFolder } from "./sync-folder.ts";

/** From this size on a thread of its own writes and digests; below, starting it costs more than it saves. */
const threadBytes = 33_554_432;
/** Written bytes are sent to the disk in steps while more arrive, so that the fsync at the end is short. */
const syncBytes = 33_554_432;

/** What a landing needs of the fetcher. */
export interface LandingTools {
  readonly blocks: BlockPool;
  readonly thread: DiskThread;
  /** Files that go to the disk at the same time. */
  readonly syncs: LanePool;
  readonly now: () => number;
}

/**
 * Where the bytes of one file come down, out of order and unproven: the partial file, what of it is done, its journal
 * and its digests. With a chunk index, bytes count as done when they are written and their chunk's digest matched.
 */
export class Landing {
  readonly #partial: PartialFile;
  readonly #tools: LandingTools;
  readonly #done: ByteRanges;
  #proving: Proving | undefined;
  readonly #notes: Notes;
  readonly #followers: Followers;
  #unsynced = 0;
  /** A lane had to wait for the disk. */
  #waited = false;
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
    this.#tools = tools;
    this.#notes = new Notes(journalPath, tools.now, earlier?.journal);
    this.#done = earlier?.done ?? new ByteRanges();
    this.#followers = new Followers(tools.thread, this.#done);
    this.#here = this.#done.bytes;
    this.resumedBytes = this.#here;
    this.resumedSources = earlier?.sources ?? [];
  }

  /**
   * Opens the partial file and takes over what an earlier run left in it, if its journal is of the same bytes. Without a
   * digest nothing could prove those, so the file is begun anew.
   */
  static async open(
    path: string,
    wanted: { readonly sha256: string | undefined; readonly size: number | undefined },
    tools: LandingTools,
    map?: ChunkMap,
  ): Promise<{ landing: Landing; size: number | undefined }> {
    // Ready when the first bytes come.
    if ((wanted.size ?? 0) >= threadBytes) tools.thread.start();
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
        const landing = new Landing(partial, journalPath, tools, undefined);
        if (map) landing.#proving = new Proving();
        return { landing, size };
      }
      const journal = await Journal.continue(journalPath, state);
      const { done, sources } = state;
      if (map) keepWhole(done, map);
      const landing = new Landing(partial, journalPath, tools, { journal, done, sources });
      if (map) landing.#proving = new Proving();
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

  /** Lanes brought more than the disk took, since this was asked before: others would only wait, too. */
  wasBehind(): boolean {
    const waited = this.#waited;
    this.#waited = false;
    return waited;
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
    await this.#notes.begin(sha256, size);
  }

  async noteSource(source: JournalSource): Promise<void> {
    await this.#notes.source(source);
  }

  /** A digest that follows the bytes from `start` on, `bytes` of them where that is known. */
  digest(start: number, bytes: number | undefined): RunningDigest {
    const end = start + (bytes ?? Infinity);
    return this.#followers.add(this.#partial.fd, start, end, (bytes ?? 0) >= threadBytes);
  }

  /** SHA-256 of bytes as they lie on the disk now, hex. */
  async digestOf(start: number, length: number): Promise<string> {
    const digest = new InlineDigest(this.#partial.fd, start);
    try {
      return await digest.finish(start + length);
    } catch (error) {
      throw diskError(error, this.#partial.path);
    } finally {
      digest.close();
    }
  }

  /** Stops a digest that nobody will ask for. */
  drop(digest: RunningDigest): void {
    this.#followers.drop(digest);
  }

  /** A writer for one lane. */
  lane(): LaneWriter {
    return new LaneWriter(
      this.#tools.blocks,
      (block, length, position) => this.#write(block, length, position),
      () => {
        this.#waited = true;
      },
    );
  }

  /** Bytes came and were given to a lane. */
  arrived(bytes: number): void {
    this.#here += bytes;
  }

  /** A chunk's digest matched: it is done when it is written too. */
  proved(start: number, end: number): void {
    for (const range of this.#proving?.proved(start, end) ?? []) this.#settle(range);
  }

  /** Forgets bytes that turned out not to be the right ones, or all that are not proven; no lane may write them now. */
  forget(start?: number, end?: number): void {
    this.#proving?.forget(start, end);
    if (start === undefined) this.#here = this.#done.bytes;
  }

  /** From now on no chunk has to match: the whole decides alone. */
  proveNoMore(): void {
    this.#proving = undefined;
  }

  /** Forgets bytes; no lane may be writing. */
  async restart(start: number, end: number): Promise<void> {
    this.#done.remove(start, end);
    this.#proving?.forget(start, end);
    this.#here = this.#done.bytes;
    this.resumedBytes = 0;
    if (this.#done.end <= start) await this.#partial.truncate(this.#done.end);
    await this.#notes.clear(start, end);
    this.#followers.restart(start, end);
  }

  /** Makes the bytes a durable file at `to`. */
  async publish(to: string, size: number): Promise<void> {
    this.#followers.close();
    await this.#syncing;
    this.#check();
    const longest = Math.max(this.#partial.earlierBytes, this.#longest);
    if (longest > size) await this.#partial.truncate(size);
    const { syncs } = this.#tools;
    await syncs.take();
    await this.#partial.publish(to).finally(() => syncs.give());
    await syncFolder(dirname(to));
    await this.#notes.end(this.#partial.earlierBytes > 0);
  }

  /** Lets go of the file and keeps it, with what is done noted, for a later run. */
  async keep(): Promise<void> {
    this.#followers.close();
    await this.#syncing?.catch(() => undefined);
    await this.#notes.write().catch(() => undefined);
    await this.#notes.close();
    await this.#partial.close();
    if (!this.#notes.isKept || this.#done.bytes === 0) await this.discard();
  }

  /** Removes the file and its journal. */
  async discard(): Promise<void> {
    this.#followers.close();
    await this.#syncing?.catch(() => undefined);
    await this.#partial.remove();
    await this.#notes.end(this.#partial.earlierBytes > 0);
  }

  /** Gives a block that is free, not always the same one. */
  async #write(block: Buffer, length: number, position: number): Promise<Buffer> {
    this.#check();
    const end = position + length;
    const bytes = block.subarray(0, length);
    // What no chunk digest vouches for yet is digested from the file, later.
    const feeds = this.#proving ? [] : this.#followers.offer(bytes, position);
    let free = block;
    if (this.#followers.inThread) {
      const { path, fd } = this.#partial;
      free = await this.#tools.thread
        .write(fd, block, length, position, feeds)
        .catch((error: unknown) => {
          throw diskError(error, path);
        });
    } else await this.#partial.write(bytes, position);
    this.#longest = Math.max(this.#longest, end);
    const done = this.#proving?.wrote(position, end) ?? [{ start: position, end }];
    for (const range of done) this.#settle(range);
    this.#syncInTime(length);
    return free;
  }

  #settle({ start, end }: ByteRange): void {
    this.#done.add(start, end);
    this.#followers.advance();
    this.#notes.done({ start, end })?.catch((error: unknown) => {
      this.#failure ??= error;
    });
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
}

/** Of what an earlier run noted only whole chunks count. */
function keepWhole(done: ByteRanges, map: ChunkMap): void {
  for (const gap of done.gaps(0, map.size)) {
    const { offset } = map.at(gap.start);
    done.remove(offset, map.ceil(gap.end));
  }
}
