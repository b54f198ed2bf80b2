import { ChunkCheck } from "./chunk-check.ts";
import { Refusal } from "./failure.ts";
import { Growth } from "./growth.ts";
import type { LaneContext } from "./lane-context.ts";
import type { LaneWriter } from "./lane-writer.ts";
import { Pace } from "./pace.ts";
import type { Piece } from "./piece.ts";
import { recover, wrongChunk } from "./recover.ts";
import { Restart } from "./restart.ts";
import { Segments } from "./segments.ts";
import { Task } from "./task.ts";
import { TailWatch } from "./tail-watch.ts";
import { showUrl } from "./show-url.ts";
import type { SourceState } from "./sources.ts";
import { StopTree } from "./stop-tree.ts";

/**
 * Brings the missing bytes of a piece. The first lane asks at once and its answer tells the size and, soon, the
 * speed; then as many more open as that calls for, each taking the next segment. A lane that fails gives its segment back and leaves the
 * rest to the others; the last one waits and tries again.
 */
export class Lanes {
  readonly #piece: Piece;
  readonly #context: LaneContext;
  readonly #ranged: boolean;
  readonly #stop: StopTree;
  /** Undefined while the size is not known. */
  #segments: Segments | undefined;
  /** Lanes that take tasks. */
  #working = 0;
  /** Those, and the ones that have ended but are still writing. */
  #open = 0;
  readonly #tasks = new Set<Task>();
  readonly #pace: Pace;
  readonly #growth: Growth;
  readonly #tail: TailWatch;
  #failure: unknown;
  #ended: () => void = () => undefined;

  /** `ranged`: ask by ranges; else, with nothing of the piece here, for all of it in one answer. */
  constructor(piece: Piece, context: LaneContext, ranged: boolean) {
    this.#piece = piece;
    this.#context = context;
    this.#ranged = ranged;
    this.#stop = new StopTree(context.stop);
    const { lanesPerFile, segmentBytes } = context.settings;
    this.#pace = new Pace(ranged ? lanesPerFile : 1, ranged ? segmentBytes : Infinity);
    if (piece.size !== undefined) this.#segments = this.#missing(piece.size);
    const { settings, landing } = context;
    this.#growth = new Growth({
      pace: this.#pace,
      settings,
      landing,
      working: () => this.#working,
      open: () => this.#openNext(),
    });
    this.#tail = new TailWatch({
      piece,
      context,
      tasks: this.#tasks,
      signal: this.#stop.signal,
      isLast: () => this.#segments?.isEmpty === true,
      open: (work) => this.#openLane(work),
      goOn: async (left) => {
        this.#segments?.putBack(left);
        this.#working++;
        await this.#lane();
      },
    });
  }

  /** Resolves when every byte of the piece is written. Throws `Restart` where those that are here must go. */
  async run(): Promise<void> {
    if (this.#segments?.isEmpty) return;
    await new Promise<void>((resolve) => {
      this.#ended = resolve;
      this.#start(() => undefined);
    });
    this.#growth.end();
    this.#tail.end();
    this.#stop.end();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #missing(size: number): Segments {
    const { start } = this.#piece;
    const gaps = this.#context.landing.done.gaps(start, start + size);
    const wanted = gaps.map((gap) => ({ start: gap.start - start, end: gap.end - start }));
    const { chunks } = this.#piece;
    return new Segments(wanted, chunks && ((end) => chunks.ceil(end)));
  }

  #task(at: number, end: number): Task {
    const { chunks } = this.#piece;
    const proved = (from: number, to: number): void => this.#context.landing.proved(from, to);
    const check = chunks && new ChunkCheck(chunks, at, proved);
    return new Task(at, end, check, this.#stop);
  }

  #start(ended: () => void): void {
    this.#working++;
    this.#open++;
    this.#follow(this.#lane(), ended);
  }

  #follow(work: Promise<void>, ended: () => void): void {
    work
      .catch((error: unknown) => {
        this.#failure ??= error;
        this.#stop.stop(error);
      })
      .finally(() => {
        ended();
        if (--this.#open === 0) this.#ended();
      });
  }

  /** Opens a lane for the next segments. */
  #openNext(): boolean {
    const { pool } = this.#context;
    if (this.#segments?.isEmpty !== false || this.#stop.signal.aborted) return false;
    if (!pool.tryTake()) return false;
    this.#start(() => pool.give());
    return true;
  }

  async #lane(): Promise<void> {
    const writer = this.#context.landing.lane();
    let retired = false;
    try {
      for (let task = this.#next(); task !== undefined; task = this.#next()) {
        this.#tasks.add(task);
        retired = !(await this.#bring(task, writer).finally(() => {
          this.#tasks.delete(task);
          task.finish();
        }));
        if (retired) break;
        if (this.#working > this.#pace.lanes && this.#segments?.isEmpty === false) {
          retired = true;
          this.#working--;
          break;
        }
        this.#pace.succeeded();
        this.#growth.go();
      }
    } finally {
      if (!retired) this.#working--;
      await writer.flush();
    }
  }

  #next(): Task | undefined {
    this.#stop.signal.throwIfAborted();
    if (this.#segments === undefined) {
      // The first answer will tell the size.
      return this.#task(0, this.#pace.segmentBytes);
    }
    const lanes = this.#context.settings.isBusy() ? this.#working : this.#pace.lanes;
    const segment = this.#segments.next(this.#pace.segmentBytes, lanes);
    if (this.#segments.isEmpty && this.#ranged) this.#tail.begin();
    return segment && this.#task(segment.start, segment.end);
  }

  /** Opens a lane for some other work than the next segment. */
  #openLane(work: () => Promise<void>): boolean {
    const { pool } = this.#context;
    if (!pool.tryTake()) return false;
    this.#open++;
    this.#follow(work(), () => pool.give());
    return true;
  }

  /** Brings a task's bytes; false when this lane gave back what was left and should end. */
  async #bring(task: Task, writer: LaneWriter): Promise<boolean> {
    const { attempts, settings } = this.#context;
    const { sources } = this.#piece;
    for (;;) {
      const { round } = attempts;
      const state = await (task.check ? sources.pickFast : sources.pick).call(
        sources,
        settings,
        this.#stop.signal,
      );
      task.state = state;
      state.asked++;
      try {
        await this.#receive(state, task, writer);
        return true;
      } catch (error) {
        this.#stop.signal.throwIfAborted();
        // What comes for the same bytes again must not be overtaken by what is being written.
        if (task.check) await writer.flush();
        if (task.isOvertaken) task.check?.rewind();
        this.#rollBack(task);
        if (task.isOvertaken) return true;
        recover(error, { state, round, piece: this.#piece, ranged: this.#ranged }, this.#context);
      } finally {
        state.asked--;
      }
      if (task.at > 0 && (!this.#ranged || task.end === Infinity)) {
        throw new Restart("again", "the answer broke off and its host gives no ranges");
      }
      if (this.#working > 1 && !sources.isReady(settings.now())) {
        // Counted at once: the lane that fails next must know that it is the last.
        this.#pace.failed(--this.#working);
        task.check?.rewind();
        this.#rollBack(task);
        this.#segments?.putBack({ start: task.at, end: task.end });
        return false;
      }
    }
  }

  async #receive(state: SourceState, task: Task, writer: LaneWriter): Promise<void> {
    const piece = this.#piece;
    const { landing, attempts, settings, begun, received } = this.#context;
    if (piece.boundTo !== undefined && piece.boundTo !== state) {
      throw new Restart("again", `going over to ${showUrl(state.source.url)}`);
    }
    const asked = this.#ranged ? { start: task.at, end: task.end } : undefined;
    const { validator } = state;
    task.began = { at: task.at, time: settings.now() };
    const { signal } = task.stop;
    const answer = await state.source.ask({ ...asked, validator, signal });
    piece.accept(answer, state, asked);
    if (answer.whole) this.#takeWhole(task, state);
    else this.#takeRange(task);
    await begun(piece, state);
    const began = { at: task.at, time: settings.now() };
    task.began = began;
    if (this.#segments?.isEmpty === false) {
      this.#growth.begin(() => {
        this.#pace.measured(task.at - began.at, settings.now() - began.time);
      });
    }
    await answer.pump((bytes) => {
      received(bytes.length);
      if (task.at + bytes.length > Math.min(task.end, piece.limit)) throw this.#tooMuch(state);
      const wrong = task.check?.take(bytes, task.at, state);
      const good = wrong ? Math.max(0, wrong.chunk.offset - task.at) : bytes.length;
      const wait = writer.put(bytes.subarray(0, good), piece.start + task.at);
      task.at += good;
      landing.arrived(good);
      if (wrong) throw wrongChunk(wrong, piece.name, state);
      attempts.progressed(landing.here);
      this.#pace.arrived(good, settings.now(), this.#working);
      const pause = this.#context.throttle(bytes.length, signal);
      return pause === undefined ? wait : Promise.all([wait, pause]).then(() => undefined);
    });
    this.#pace.measured(task.at - began.at, settings.now() - began.time);
    this.#piece.sources.measured(state, task.at - began.at, settings.now() - began.time);
    if (task.end === Infinity) {
      piece.ended(task.at, state);
      this.#segments = new Segments([]);
    } else if (task.at < task.end) throw this.#tooShort(state, task);
  }

  #takeRange(task: Task): void {
    const size = this.#piece.size ?? task.end;
    task.end = Math.min(task.end, size);
    this.#segments ??= new Segments([{ start: task.end, end: size }]);
  }

  /** The answer has everything: good as the first one, else the bytes that are here must go first. */
  #takeWhole(task: Task, state: SourceState): void {
    const { size, start, name } = this.#piece;
    if (task.at === 0 && task.end === size) return;
    const isSomeHere = this.#context.landing.done.touches(start, this.#piece.end);
    if (task.at > 0 || this.#working > 1 || isSomeHere) {
      const from = showUrl(state.source.url);
      throw new Refusal("range", "E_RANGE", `${name}: ${from} does not give ranges`);
    }
    task.end = size ?? Infinity;
    this.#segments = size === undefined ? undefined : new Segments([]);
  }

  /** Bytes of a wrong or unfinished chunk are not to count after all. */
  #rollBack(task: Task): void {
    const to = task.check?.position ?? task.at;
    if (to >= task.at) return;
    const { landing } = this.#context;
    landing.arrived(to - task.at);
    landing.forget(to, task.at);
    task.at = to;
  }

  #tooMuch(state: SourceState): Refusal {
    const { name, limit } = this.#piece;
    const what = `more than ${limit} bytes came from ${showUrl(state.source.url)}`;
    return new Refusal("source", "E_SIZE", `${name}: ${what}: publish again, or use another URL`);
  }

  #tooShort(state: SourceState, { at, end }: Task): Refusal {
    const what = `the answer of ${showUrl(state.source.url)} ended at byte ${at} of ${end}`;
    return new Refusal("retry", "E_SIZE", `${this.#piece.name}: ${what}`);
  }
}
