import { diskError } from "./disk-error.ts";
import { FetchError } from "./error.ts";
import { Lanes, type LaneContext } from "./lanes.ts";
import type { Piece } from "./piece.ts";
import { Restart } from "./restart.ts";
import { showUrl } from "./show-url.ts";

/** An object that changes more often than this while it is fetched is given up. */
const mostChanges = 3;

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
      await clear(piece, context);
    }
  }
}

async function clear(piece: Piece, { landing }: LaneContext): Promise<void> {
  const { start, end, digest } = piece;
  if (digest !== undefined) landing.drop(digest);
  piece.digest = undefined;
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
