import { abortable } from "../../abortable.ts";
import type { ByteSource } from "../../byte-source.ts";
import { StorageError } from "../../error.ts";

/** What all slices of one source share. */
interface Passage {
  readonly source: ByteSource;
  readonly signal: AbortSignal | undefined;
  /** Told of bytes that were handed out; undefined while they are only hashed. */
  onBytes: ((count: number) => void) | undefined;
  /** What the source failed with. */
  fault: unknown;
}

/** A source as the Blob that the hub's client wants: its bytes are read when they are asked for, and again each time. */
export class SourceBlob extends Blob {
  readonly passage: Passage;
  readonly #start: number;
  readonly #end: number;

  constructor(passage: Passage, start = 0, end = passage.source.size) {
    super([]);
    this.passage = passage;
    this.#start = start;
    this.#end = end;
    // A property of the object: TypeScript's Blob has it as a property, the platform's as a getter of the class.
    Object.defineProperty(this, "size", { value: end - start });
  }

  override slice(start = 0, end = this.size): SourceBlob {
    const from = Math.min(this.#start + start, this.#end);
    return new SourceBlob(this.passage, from, Math.min(this.#start + end, this.#end));
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(this.size);
    let offset = 0;
    for await (const block of this.#blocks()) {
      bytes.set(block, offset);
      offset += block.byteLength;
    }
    return bytes.buffer;
  }

  override async text(): Promise<string> {
    return Buffer.from(await this.arrayBuffer()).toString("utf8");
  }

  override stream(): ReturnType<Blob["stream"]> {
    const blocks = this.#blocks();
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        async pull(controller) {
          const { value, done } = await blocks.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
        async cancel() {
          await blocks.return();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Exactly as many bytes as were announced, else `E_SIZE`. */
  async *#blocks(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    const { source, signal } = this.passage;
    if (source.size > 0 && this.size === 0) return;
    const isWhole = this.#start === 0 && this.#end === source.size;
    const body = isWhole ? source.open() : source.open(this.#start, this.#end);
    let left = this.size;
    const refuse = (came: string): StorageError =>
      new StorageError(
        "E_SIZE",
        `${source.label}: ${source.size} bytes announced, ${came} came; nothing was stored`,
      );
    try {
      for await (const block of abortable(body, signal)) {
        if (block.byteLength === 0) continue;
        left -= block.byteLength;
        if (left < 0) throw refuse("more");
        this.passage.onBytes?.(block.byteLength);
        yield block as Uint8Array<ArrayBuffer>;
      }
      if (left > 0) throw refuse(`${left} less`);
    } catch (error) {
      this.passage.fault = error;
      throw error;
    }
  }
}
