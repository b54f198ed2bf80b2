import type { ChunkMap } from "./chunk-map.ts";
import { Refusal } from "./failure.ts";
import type { RunningDigest } from "./running-digest.ts";
import { showUrl } from "./show-url.ts";
import type { Answer } from "./source.ts";
import type { Sources, SourceState } from "./sources.ts";

/** A run of bytes of a file that has sources of its own: mostly the whole file, else one of its `parts`. */
export class Piece {
  readonly index: number;
  /** The file's name, for messages. */
  readonly name: string;
  /** Offset in the file. */
  readonly start: number;
  readonly sha256: string | undefined;
  readonly sources: Sources;
  /** Most bytes it may have. */
  readonly limit: number;
  readonly #least: number;
  readonly #declared: number | undefined;
  /** Bytes: declared, or learned from an answer. */
  size: number | undefined;
  digest: RunningDigest | undefined;
  /** Where its chunks are known: bytes are proven one chunk at a time, whoever sent them. */
  chunks: ChunkMap | undefined;
  /** Without a digest, bytes of two sources are not put together: they came from this one. */
  boundTo: SourceState | undefined;
  /** Of the last answer, to recognise a web page. */
  contentType: string | undefined;

  constructor(facts: {
    readonly index: number;
    readonly name: string;
    readonly start: number;
    readonly size: number | undefined;
    readonly bounds: { readonly min: number; readonly max: number };
    readonly sha256: string | undefined;
    readonly sources: Sources;
    readonly chunks?: ChunkMap | undefined;
  }) {
    this.index = facts.index;
    this.name = facts.name;
    this.start = facts.start;
    this.sha256 = facts.sha256;
    this.sources = facts.sources;
    this.chunks = facts.chunks;
    this.#declared = facts.size;
    this.size = facts.size;
    this.limit = facts.size ?? facts.bounds.max;
    this.#least = facts.size ?? facts.bounds.min;
  }

  /** Offset in the file after its last byte. */
  get end(): number {
    return this.start + (this.size ?? Infinity);
  }

  /**
   * Holds an answer against what is known; `asked` tells which bytes it is for, undefined for all. Throws a `Refusal`:
   * another size, another object than before, or ranges that cannot be put together.
   */
  accept(
    answer: Answer,
    state: SourceState,
    asked: { start: number; end: number } | undefined,
  ): void {
    const from = showUrl(state.source.url);
    const { totalBytes: total, validator } = answer;
    this.contentType = answer.contentType;
    if (total === 0 && this.#least > 0 && asked !== undefined) {
      throw new Refusal("range", "E_SIZE", `${this.name}: ${from} sent an empty answer`);
    }
    if (total !== undefined) this.#checkSize(total, from);
    if (state.validator !== undefined && validator !== state.validator) {
      throw new Refusal("changed", "E_NETWORK", `${this.name}: ${from} changed on its host`);
    }
    if (total !== undefined && this.size !== undefined && total !== this.size) {
      const kind = state.delivered ? "changed" : "source";
      const sizes = `${this.size} bytes began, ${from} has ${total}`;
      throw new Refusal(kind, "E_SIZE", `${this.name}: ${sizes}`);
    }
    if (!answer.whole && (this.size ?? total) === undefined) {
      throw new Refusal("range", "E_RANGE", `${this.name}: ${from} does not tell the size`);
    }
    if (!answer.whole && this.sha256 === undefined && validator === undefined) {
      const why = "gives neither ETag nor date, and there is no digest: ranges prove nothing";
      throw new Refusal("range", "E_RANGE", `${this.name}: ${from} ${why}`);
    }
    state.validator = validator;
    state.delivered = true;
    if (this.sha256 === undefined) this.boundTo = state;
    this.size ??= total;
  }

  /** The size that a body without a stated length turned out to have. */
  ended(size: number, state: SourceState): void {
    this.#checkSize(size, showUrl(state.source.url));
    this.size = size;
  }

  /** Forgets what was learned from answers. */
  restart(): void {
    this.size = this.#declared;
    this.boundTo = undefined;
    for (const state of this.sources.all) {
      state.validator = undefined;
      state.delivered = false;
    }
  }

  #checkSize(total: number, from: string): void {
    if (total >= this.#least && total <= this.limit) return;
    const wanted = this.#least === this.limit ? `${this.limit}` : `${this.#least} to ${this.limit}`;
    const way = "publish again, or ask for what is there";
    throw new Refusal(
      "source",
      "E_SIZE",
      `${this.name}: ${wanted} bytes expected, ${from} has ${total}: ${way}`,
    );
  }
}
