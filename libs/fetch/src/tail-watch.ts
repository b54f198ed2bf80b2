import type { ByteRange } from "./byte-ranges.ts";
import { hedge, slowest } from "./hedge.ts";
import type { LaneContext } from "./lane-context.ts";
import type { Piece } from "./piece.ts";
import type { SourceState } from "./sources.ts";
import type { Task } from "./task.ts";

/** How often the last requests of a file are looked at. */
const lookMs = 200;
/** Another source must be so many times as fast as a late request. */
const worthwhile = 2;

/** What the lanes of a piece let be done about their last requests. */
export interface Tail {
  readonly piece: Piece;
  readonly context: LaneContext;
  readonly tasks: ReadonlySet<Task>;
  readonly signal: AbortSignal;
  /** True when no request is left to be made. */
  readonly isLast: () => boolean;
  /** Does work of a lane, if one more may be opened. */
  readonly open: (work: () => Promise<void>) => boolean;
  /** Brings what was left of an overtaken task, as a lane. */
  readonly goOn: (left: ByteRange) => Promise<void>;
}

/** Looks after the last requests of a piece: one that is late is also asked of another source, and the first one wins. */
export class TailWatch {
  readonly #tail: Tail;
  #timer: NodeJS.Timeout | undefined;

  constructor(tail: Tail) {
    this.#tail = tail;
  }

  /** Begins to look, where there is another source and chunks tell whose bytes are right. */
  begin(): void {
    const { chunks, sources } = this.#tail.piece;
    if (chunks === undefined || sources.all.length < 2) return;
    this.#timer ??= setInterval(() => this.#look(), lookMs);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { tasks, piece, context, signal, isLast, open } = this.#tail;
    if (signal.aborted || !isLast()) return;
    const now = context.settings.now();
    const task = slowest(tasks, now);
    const other = task?.state && piece.sources.otherThan(task.state, now);
    if (task === undefined || other === undefined) return;
    if (other.rate !== undefined && other.rate < worthwhile * task.rate(now)) return;
    if (open(() => this.#hedge(task, other))) task.isHedged = true;
  }

  async #hedge(task: Task, other: SourceState): Promise<void> {
    const { piece, context, signal, goOn } = this.#tail;
    const { landing } = context;
    const won = await hedge(task, other, piece, context, signal);
    if (won === undefined) {
      task.isHedged = false;
      return;
    }
    if (task.state) piece.sources.measured(task.state, 1, 1000);
    const { end } = task;
    task.overtake();
    await task.over;
    signal.throwIfAborted();
    const { offset, length } = won.chunk;
    const writer = landing.lane();
    landing.arrived(length);
    landing.proved(offset, offset + length);
    await writer.put(won.bytes, offset);
    await writer.flush();
    await goOn({ start: offset + length, end });
  }
}
