import { createHash } from "node:crypto";
import type { FetchChunk } from "./fetch-request.ts";
import type { LaneContext } from "./lane-context.ts";
import type { Piece } from "./piece.ts";
import { recover, wrongChunk } from "./recover.ts";
import type { SourceState } from "./sources.ts";
import type { Task } from "./task.ts";

/** One that will take longer than this is also asked of another source. */
const slowMs = 1000;
/** A longer chunk is not brought twice: it would have to lie in memory. */
const mostBytes = 8_388_608;

/** Of the last requests of a file the one that will end last, if that is late; asks no clock but the given. */
export function slowest(tasks: Iterable<Task>, now: number): Task | undefined {
  let found: Task | undefined;
  for (const task of tasks) {
    if (task.isHedged || task.isOver || task.check === undefined || task.state === undefined) {
      continue;
    }
    const expected = task.expectedMs(now);
    if (now - task.began.time < slowMs || expected < slowMs) continue;
    if (found === undefined || expected > found.expectedMs(now)) found = task;
  }
  return found;
}

/** A chunk that another source gave before the task had it. */
export interface HedgedChunk {
  readonly chunk: FetchChunk;
  readonly bytes: Uint8Array;
}

/**
 * Brings the chunks that a slow task still owes from another source, each into memory and digested there, until one is
 * here before the task has it; then that is the faster source, and the task is to be overtaken. Undefined where the
 * task is done first, or the other source fails.
 */
export async function hedge(
  task: Task,
  other: SourceState,
  piece: Piece,
  context: LaneContext,
  signal: AbortSignal,
): Promise<HedgedChunk | undefined> {
  const { check } = task;
  if (piece.chunks === undefined || check === undefined) return undefined;
  const { round } = context.attempts;
  let at = check.frontier;
  try {
    while (at < task.end && !task.isOver) {
      const chunk = piece.chunks.at(at);
      if (chunk.length > mostBytes) return undefined;
      const bytes = await bring(chunk, other, piece, context, signal);
      if (task.isOver) return undefined;
      if (check.frontier <= chunk.offset && task.end > chunk.offset) return { chunk, bytes };
      at = Math.max(check.frontier, chunk.offset + chunk.length);
    }
    return undefined;
  } catch (error) {
    if (signal.aborted) return undefined;
    // The other source is judged as ever; what it failed with is not the fetch's failure.
    try {
      recover(error, { state: other, round, piece, ranged: true }, context);
    } catch {
      return undefined;
    }
    return undefined;
  }
}

async function bring(
  chunk: FetchChunk,
  state: SourceState,
  piece: Piece,
  { received }: LaneContext,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const asked = { start: chunk.offset, end: chunk.offset + chunk.length };
  const answer = await state.source.ask({ ...asked, validator: state.validator, signal });
  piece.accept(answer, state, asked);
  const bytes = Buffer.allocUnsafe(chunk.length);
  let filled = 0;
  const skip = answer.whole ? chunk.offset : 0;
  let seen = 0;
  await answer.pump((part) => {
    received(part.length);
    const from = Math.max(0, skip - seen);
    seen += part.length;
    const wanted = part.subarray(from, from + chunk.length - filled);
    bytes.set(wanted, filled);
    filled += wanted.length;
    return undefined;
  });
  const sha256 = createHash("sha256").update(bytes.subarray(0, filled)).digest("hex");
  if (sha256 !== chunk.sha256) {
    throw wrongChunk({ chunk, sha256, from: [state] }, piece.name, state);
  }
  return bytes;
}
