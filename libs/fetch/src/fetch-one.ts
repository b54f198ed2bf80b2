import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { Attempts } from "./attempts.ts";
import { ChunkMap } from "./chunk-map.ts";
import { decodeFile, decoder } from "./decode-file.ts";
import { isDiskFull, namingFile } from "./disk-error.ts";
import { FetchError } from "./error.ts";
import type { FetchSettings } from "./fetch-defaults.ts";
import { fetchPiece } from "./fetch-piece.ts";
import type { FetchRequest, FetchResult } from "./fetch-request.ts";
import { Landing, type LandingTools } from "./landing.ts";
import type { LaneContext } from "./lane-context.ts";
import { takeLocalChunks } from "./local-chunks.ts";
import type { LanePool } from "./lane-pool.ts";
import { Piece } from "./piece.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { Reporter } from "./reporter.ts";
import { showUrl } from "./show-url.ts";
import type { StopTree } from "./stop-tree.ts";
import type { Source } from "./source.ts";
import { Sources, type SourceState } from "./sources.ts";
import { syncFolder } from "./sync-folder.ts";

/** What one file needs of the fetcher. */
export interface FetchTools extends LandingTools {
  readonly settings: FetchSettings;
  readonly pool: LanePool;
  readonly limit: RateLimit | undefined;
  /** Files that are open at the same time. */
  readonly files: LanePool;
  readonly open: (url: string, name: string) => Source;
}

/** Brings one file: see `Fetcher.fetchFile`. */
export async function fetchOne(
  request: FetchRequest,
  tools: FetchTools,
  reporter: Reporter,
  stop: StopTree,
): Promise<FetchResult> {
  const { name } = request;
  const { signal } = stop;
  try {
    check(request);
    await tools.files.take(signal);
  } catch (error) {
    throw signal.aborted ? cancelled(name, signal) : error;
  }
  try {
    return await new OneFile(request, tools, reporter, stop).run();
  } catch (error) {
    throw signal.aborted ? cancelled(name, signal) : namingFile(error, name);
  } finally {
    tools.files.give();
  }
}

class OneFile {
  readonly #request: FetchRequest;
  readonly #tools: FetchTools;
  readonly #reporter: Reporter;
  readonly #stop: StopTree;
  readonly #partial: string;
  readonly #began: number;
  /** Of the bytes as they travel. */
  readonly #wire: { readonly sha256: string | undefined; size: number | undefined };
  readonly #chunks: ChunkMap | undefined;
  #received = 0;
  #local = 0;

  constructor(request: FetchRequest, tools: FetchTools, reporter: Reporter, stop: StopTree) {
    this.#request = request;
    this.#tools = tools;
    this.#reporter = reporter;
    this.#stop = stop;
    const { to, encoding, parts } = request;
    this.#partial = request.partial ?? join(dirname(to), `.${basename(to)}.partial`);
    this.#began = tools.settings.now();
    const { size, sha256 } = encoding ?? request;
    const sum = parts?.reduce((bytes, part) => bytes + part.size, 0);
    this.#wire = { sha256, size: size ?? sum };
    const { chunks } = request;
    if (chunks && chunks.length > 0 && sha256 && !encoding && !parts) {
      this.#chunks = new ChunkMap(chunks, request.name);
      this.#wire.size = this.#chunks.size;
    }
  }

  async run(): Promise<FetchResult> {
    const { name } = this.#request;
    this.#reporter.tell({ type: "start", name, size: this.#request.size });
    const opened = await Landing.open(this.#partial, this.#wire, this.#tools, this.#chunks);
    const { landing } = opened;
    this.#wire.size = opened.size;
    try {
      const { resumedBytes } = landing;
      if (resumedBytes > 0) this.#reporter.tell({ type: "resume", name, bytes: resumedBytes });
      await this.#takeLocal(landing);
      const pieces = this.#pieces(landing);
      const sha256 = await this.#bring(pieces, landing);
      const url = pieces[0]?.sources.delivering?.source.url ?? "";
      const proven = await this.#publish(landing, sha256, showUrl(url));
      const elapsedMs = this.#tools.settings.now() - this.#began;
      const counts = {
        receivedBytes: this.#received,
        resumedBytes: landing.resumedBytes,
        localBytes: this.#local,
      };
      const result = { ...proven, ...counts, elapsedMs, url };
      this.#reporter.tell({ type: "done", name, result });
      return result;
    } catch (error) {
      const end = isWrong(error) || isDiskFull(error) ? landing.discard() : landing.keep();
      // The first failure is the one to tell.
      await end.catch(() => undefined);
      throw error;
    }
  }

  /** Takes what local files have, and notes it as done. */
  async #takeLocal(landing: Landing): Promise<void> {
    const { name, local = [] } = this.#request;
    const { sha256, size } = this.#wire;
    if (this.#chunks === undefined || local.length === 0 || !sha256 || !size) return;
    await landing.keepJournal(sha256, size);
    this.#local = await takeLocalChunks({
      landing,
      map: this.#chunks,
      local,
      signal: this.#stop.signal,
      onFound: () => this.#reporter.progress(landing.here, size),
    });
    if (this.#local > 0) this.#reporter.tell({ type: "local", name, bytes: this.#local });
  }

  #pieces(landing: Landing): Piece[] {
    const { name, urls, parts, sizeBounds, encoding } = this.#request;
    const { size, sha256 } = this.#wire;
    const limit = this.#tools.settings.maxBytes;
    const bounds = (encoding ? undefined : sizeBounds) ?? { min: 0, max: limit };
    const list = parts ?? [{ urls, offset: 0, size, sha256 }];
    return list.map((part, index) => {
      const sources = new Sources(part.urls.map((url) => this.#tools.open(url, name)));
      for (const state of sources.all) {
        const url = fingerprint(state.source.url);
        const noted = landing.resumedSources.filter(
          (source) => source.piece === index && source.url === url,
        );
        state.validator = noted.at(-1)?.validator;
      }
      const { offset: start, size: bytes } = part;
      const chunks = this.#chunks;
      const facts = { index, name, start, size: bytes, bounds, sha256: part.sha256 };
      return new Piece({ ...facts, sources, chunks });
    });
  }

  /** Brings every piece in turn, each over as many lanes as it can get; gives the digest of the whole. */
  async #bring(pieces: readonly Piece[], landing: Landing): Promise<string> {
    const { pool, settings } = this.#tools;
    const noted = new Set<string>();
    const context: LaneContext = {
      landing,
      settings,
      pool,
      reporter: this.#reporter,
      attempts: new Attempts(),
      stop: this.#stop,
      begun: (piece, state) => this.#begun(piece, state, landing, noted),
      throttle: (bytes, signal) => this.#tools.limit?.take(bytes, signal),
      received: (bytes) => {
        this.#received += bytes;
        this.#reporter.progress(landing.here, this.#wire.size);
      },
    };
    const whole = pieces.length > 1 ? landing.digest(0, this.#wire.size) : undefined;
    let sha256 = "";
    let end = 0;
    await pool.take(this.#stop.signal);
    try {
      for (const piece of pieces) {
        sha256 = await fetchPiece(piece, context);
        end = piece.end;
      }
    } finally {
      pool.give();
    }
    this.#wire.size = end;
    return whole === undefined ? sha256 : await whole.finish(end);
  }

  async #begun(
    piece: Piece,
    state: SourceState,
    landing: Landing,
    noted: Set<string>,
  ): Promise<void> {
    piece.digest ??= landing.digest(piece.start, piece.size);
    const { sha256 } = this.#wire;
    const size = this.#request.parts ? this.#wire.size : piece.size;
    this.#wire.size = size;
    // One segment is asked for again faster than it is looked up.
    if (sha256 === undefined || size === undefined) return;
    if (size <= this.#tools.settings.segmentBytes) return;
    await landing.keepJournal(sha256, size);
    const { validator, source } = state;
    const entry = `${piece.index} ${source.url} ${validator}`;
    if (validator === undefined || noted.has(entry)) return;
    noted.add(entry);
    await landing.noteSource({ piece: piece.index, url: fingerprint(source.url), validator });
  }

  /** Holds the whole against the request, decodes it where it must be, and lets it appear. */
  async #publish(
    landing: Landing,
    actual: string,
    from: string,
  ): Promise<{ size: number; sha256: string }> {
    const { name, to, sha256, encoding, parts } = this.#request;
    const bytes = this.#wire.size ?? 0;
    if (parts !== undefined) {
      expectSame(name, `the parts from ${from} on together`, this.#wire.sha256, actual);
    }
    if (encoding === undefined) {
      this.#stop.signal.throwIfAborted();
      await landing.publish(to, bytes);
      return { size: bytes, sha256: actual };
    }
    const decoded = await decodeFile({
      name,
      from,
      type: encoding.type,
      encodedPath: this.#partial,
      decodedPath: `${this.#partial}.decoded`,
      mostBytes:
        this.#request.size ?? this.#request.sizeBounds?.max ?? this.#tools.settings.maxBytes,
      signal: this.#stop.signal,
    });
    const { file, size } = decoded;
    try {
      expectSame(name, `what ${from} holds`, sha256, decoded.sha256);
      expectSame(name, `what ${from} holds`, this.#request.size, size);
      await file.publish(to);
    } catch (error) {
      await file.remove();
      throw error;
    }
    await syncFolder(dirname(to));
    await landing.discard();
    return { size, sha256: decoded.sha256 };
  }
}

function check(request: FetchRequest): void {
  const { name, urls, parts, encoding } = request;
  const lists = parts?.map((part) => part.urls) ?? [urls];
  if (lists.length === 0 || lists.some((list) => list.length === 0)) {
    throw new FetchError("E_USAGE", `${name}: no URL to fetch it from`);
  }
  let end = 0;
  for (const part of parts ?? []) {
    if (part.offset !== end) {
      throw new FetchError("E_USAGE", `${name}: its parts do not lie end to end at byte ${end}`);
    }
    end += part.size;
  }
  const size = encoding?.size ?? request.size;
  const { chunks } = request;
  const last = encoding || parts ? undefined : chunks?.at(-1);
  if (last && size !== undefined && last.offset + last.length !== size) {
    const what = `its chunks have ${last.offset + last.length} bytes, the file ${size}`;
    throw new FetchError("E_USAGE", `${name}: ${what}`);
  }
  if (parts !== undefined && size !== undefined && size !== end) {
    throw new FetchError("E_USAGE", `${name}: its parts have ${end} bytes, the file ${size}`);
  }
  if (encoding !== undefined) decoder(encoding.type, name).destroy();
}

function expectSame<T>(name: string, what: string, wanted: T | undefined, actual: T): void {
  if (wanted === undefined || wanted === actual) return;
  const code = typeof wanted === "number" ? "E_SIZE" : "E_DIGEST";
  const text = `${wanted} expected, ${what} gives ${actual}: publish again`;
  throw new FetchError(code, `${name}: ${text}`);
}

/** Bytes that were proven wrong are of no use to a later run. */
const isWrong = (error: unknown): boolean =>
  error instanceof FetchError && (error.code === "E_DIGEST" || error.code === "E_SIZE");

function cancelled(name: string, signal: AbortSignal): FetchError {
  const message = `${name}: cancelled; what is here is kept for the next time`;
  return new FetchError("E_CANCELLED", message, { cause: signal.reason });
}

const fingerprint = (url: string): string =>
  createHash("sha256").update(url).digest("hex").slice(0, 16);
