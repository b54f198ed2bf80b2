import type { ChunkMap } from "./chunk-map.ts";
import { diskError } from "./disk-error.ts";
import { FetchError } from "./error.ts";
import type { LaneContext } from "./lane-context.ts";
import { Lanes } from "./lanes.ts";
import type { Piece } from "./piece.ts";
import { Restart } from "./restart.ts";
import { showUrl } from "./show-url.ts";

/** An object that changes more often than this while it is fetched is given up. */
const mostChanges = 3;
/** A disk that damages chunks again and again is given up. */
const mostDamaged = 3;

/**
 * Brings a piece and proves it; gives its SHA-256. Bytes kept from an earlier run that do not end in the right digest
 * are thrown away before any source is blamed; then a source with wrong bytes is asked no more if there is another,
 * else once more from the start (row N20). Throws `FetchError`.
 */
export async function fetchPiece(piece: Piece, context: LaneContext): Promise<string> {
  const { landing, reporter } = context;
  const { name, sha256, sources } = piece;
  for (let wrong = 0; ;) {
    await bring(piece, context);
    piece.digest ??= landing.digest(piece.start, piece.size);
    const actual = await piece.digest.finish(piece.end).catch((error: unknown) => {
      throw diskError(error, name);
    });
    if (sha256 === undefined || actual === sha256) return actual;
    const resumed = landing.resumedBytes > 0;
    const error = digestError(piece, actual);
    if (piece.chunks && (await dropDamaged(piece, piece.chunks, context))) {
      if (++wrong > mostDamaged) throw error;
      continue;
    }
    piece.chunks = undefined;
    landing.proveNoMore();
    if (!resumed && ++wrong > 1) throw error;
    if (!resumed) sources.distrust(error);
    const reason = resumed ? `${name}: bytes kept from an earlier run were damaged` : error.message;
    reporter.tell({ type: "restart", name, reason });
    await clear(piece, context);
  }
}

/** Fetches until every byte of the piece is here, from the start again where that must be. */
async function bring(piece: Piece, context: LaneContext): Promise<void> {
  let ranged = true;
  let changes = 0;
  for (;;) {
    try {
      return await new Lanes(piece, context, ranged).run();
    } catch (error) {
      if (!(error instanceof Restart) || context.stop.signal.aborted) throw error;
      if (error.kind === "range") ranged = false;
      if (error.kind === "changed") {
        // Hosts behind one name may each have their own ETag: one answer for all of it ends that.
        if (++changes > 1) ranged = false;
        if (changes > mostChanges) {
          throw new FetchError("E_NETWORK", `${error.message} again and again: try later`);
        }
      }
      context.reporter.tell({ type: "restart", name: piece.name, reason: error.message });
      // Proven chunks stay, whatever the host has now.
      if (piece.chunks && error.kind === "changed") {
        context.landing.forget();
        piece.restart();
      } else await clear(piece, context);
    }
  }
}

/**
 * Looks for chunks on the disk that do not match, kept from an earlier run or damaged since: those are fetched again.
 * False where all match: then their list is not of this file, and the whole digest decides without it.
 */
async function dropDamaged(
  piece: Piece,
  chunks: ChunkMap,
  { landing, reporter, stop }: LaneContext,
): Promise<boolean> {
  const { name } = piece;
  let damaged = 0;
  for (const { offset, length, sha256 } of chunks.chunks) {
    stop.signal.throwIfAborted();
    if ((await landing.digestOf(offset, length)) === sha256) continue;
    if (damaged === 0) dropDigest(piece, landing);
    damaged += length;
    await landing.restart(offset, offset + length);
  }
  if (damaged === 0) return false;
  const reason = `${name}: ${damaged} bytes kept from an earlier run were damaged`;
  reporter.tell({ type: "restart", name, reason });
  piece.restart();
  return true;
}

function dropDigest(piece: Piece, landing: LaneContext["landing"]): void {
  if (piece.digest !== undefined) landing.drop(piece.digest);
  piece.digest = undefined;
}

async function clear(piece: Piece, { landing }: LaneContext): Promise<void> {
  const { start, end } = piece;
  dropDigest(piece, landing);
  await landing.restart(start, end);
  piece.restart();
}

function digestError(piece: Piece, actual: string): FetchError {
  const { name, sha256, sources, contentType } = piece;
  const from = showUrl(sources.delivering?.source.url ?? "");
  const page = contentType?.startsWith("text/html") === true;
  const why = page
    ? "a web page came instead, from a proxy or a sign-in page"
    : "publish again, or use another URL";
  return new FetchError(
    "E_DIGEST",
    `${name}: ${sha256} expected, got ${actual} from ${from}: ${why}`,
  );
}
