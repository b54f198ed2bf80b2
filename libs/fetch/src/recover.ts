import { backoffMs } from "./backoff.ts";
import type { WrongChunk } from "./chunk-check.ts";
import { FetchError } from "./error.ts";
import { failureOf, Refusal } from "./failure.ts";
import type { LaneContext } from "./lane-context.ts";
import type { Piece } from "./piece.ts";
import { Restart } from "./restart.ts";
import { showUrl } from "./show-url.ts";
import type { SourceState } from "./sources.ts";

/** A request that failed. */
export interface Failed {
  /** Who was asked. */
  readonly state: SourceState;
  /** Of `Attempts`, before the request. */
  readonly round: number;
  readonly piece: Piece;
  /** Asked for by range. */
  readonly ranged: boolean;
}

/** Returns when it may be tried again, at another source or later; throws `Restart` or what ends the fetch. */
export function recover(
  error: unknown,
  { state, round, piece, ranged }: Failed,
  { attempts, settings, reporter }: LaneContext,
): void {
  if (error instanceof Restart) throw error;
  const { name, sources } = piece;
  const { kind, error: failed, retryAfterMs } = failureOf(error, name);
  if (kind === "fatal") throw failed;
  if (kind === "changed" || (kind === "range" && ranged)) {
    throw new Restart(kind, failed.message, { cause: failed });
  }
  const { url } = state.source;
  const reason = failed.message;
  if (kind === "wrong" && sources.live.length < 2) {
    if (++state.wrong > 1) throw failed;
    reporter.tell({ type: "retry", name, url, reason, attempt: state.wrong, waitMs: 0 });
    return;
  }
  if (kind !== "retry") {
    sources.bury(state, failed);
    if (kind === "wrong") reporter.tell({ type: "quarantine", name, url, reason });
    const [next] = sources.live;
    if (next) reporter.tell({ type: "source", name, url: next.source.url, reason });
    return;
  }
  const failures = attempts.failed(round);
  if (failures >= settings.tries * sources.live.length) {
    const { code, cause } = failed;
    throw new FetchError(code, `${reason} (gave up after ${failures} tries)`, { cause });
  }
  const attempt = Math.ceil(failures / sources.live.length);
  const waitMs = backoffMs(attempt, settings.backoff, settings.random, retryAfterMs);
  sources.block(state, settings.now() + waitMs);
  reporter.tell({ type: "retry", name, url, reason, attempt: failures, waitMs });
}

/** A chunk with other bytes: blames who sent all of it; where several did, it is fetched again. */
export function wrongChunk(
  { chunk, sha256, from }: WrongChunk,
  name: string,
  state: SourceState,
): Refusal {
  const { offset, length, sha256: wanted } = chunk;
  const where = `bytes ${offset} to ${offset + length - 1}`;
  const what = `${where}: ${wanted} expected, got ${sha256} from ${showUrl(state.source.url)}`;
  const way = "publish again, or use another URL";
  const kind = from.length === 1 ? "wrong" : "retry";
  return new Refusal(kind, "E_DIGEST", `${name}: ${what}: ${way}`);
}
