import type { Sink } from "../io.ts";
import { count } from "../text/quantity.ts";
import { barLine } from "./bar.ts";
import { Rate } from "./rate.ts";

interface Row {
  readonly rate: Rate;
  bytes: number;
  size: number | undefined;
}

export interface BoardOptions {
  readonly now: () => number;
  /** Rows of single files at most; further ones are counted. Default 6. */
  readonly maxRows?: number;
  /** Drawn at most this often, default 100. */
  readonly intervalMs?: number;
  /** Colours; default false. */
  readonly color?: boolean;
}

const dim = (text: string): string => `\u001b[2m${text}\u001b[22m`;

/** Progress bars at the bottom of a terminal: one line for each file on its way and one for all of them. */
export class Board {
  readonly #sink: Sink;
  readonly #now: () => number;
  readonly #maxRows: number;
  readonly #color: boolean;
  readonly #rows = new Map<string, Row>();
  readonly #rate = new Rate();
  readonly #timer: NodeJS.Timeout;
  #total: { readonly files: number; readonly bytes: number } | undefined;
  #settledFiles = 0;
  #settledBytes = 0;
  #drawnLines = 0;

  constructor(sink: Sink, options: BoardOptions) {
    this.#sink = sink;
    this.#now = options.now;
    this.#maxRows = options.maxRows ?? 6;
    this.#color = options.color ?? false;
    this.#timer = setInterval(() => this.draw(), options.intervalMs ?? 100);
    this.#timer.unref();
  }

  /** How much there is to do altogether. */
  expect(files: number, bytes: number): void {
    this.#total = { files, bytes };
  }

  update(name: string, bytes: number, size: number | undefined): void {
    const row = this.#rows.get(name) ?? { rate: new Rate(), bytes, size };
    this.#rows.set(name, row);
    row.bytes = bytes;
    row.size = size ?? row.size;
    const now = this.#now();
    row.rate.add(now, bytes);
    this.#rate.add(now, this.#bytes());
  }

  /** A file has arrived, or never will: its row goes. */
  settle(name: string): void {
    const row = this.#rows.get(name);
    if (!row) return;
    this.#rows.delete(name);
    this.#settledFiles += 1;
    this.#settledBytes += row.bytes;
  }

  #bytes(): number {
    let bytes = this.#settledBytes;
    for (const row of this.#rows.values()) bytes += row.bytes;
    return bytes;
  }

  #lines(): string[] {
    const columns = Math.max(40, this.#sink.columns ?? 80);
    const now = this.#now();
    const shown = [...this.#rows].slice(0, this.#maxRows);
    const labelWidth = Math.max(14, ...shown.map(([name]) => name.length));
    const lines = shown.map(([label, { bytes, size, rate }]) =>
      barLine(
        { label, bytes, size, bytesPerSecond: rate.bytesPerSecond(now) },
        columns,
        labelWidth,
      ),
    );
    const total = this.#total;
    if (this.#rows.size > this.#maxRows) lines.push(`and ${this.#rows.size - this.#maxRows} more`);
    if (this.#rows.size > 0 && total && total.files > 1) {
      const label = `${this.#settledFiles} of ${count(total.files, "file")}`;
      const bytesPerSecond = this.#rate.bytesPerSecond(now);
      lines.push(
        barLine(
          { label, bytes: this.#bytes(), size: total.bytes, bytesPerSecond },
          columns,
          labelWidth,
        ),
      );
    }
    return this.#color ? lines.map(dim) : lines;
  }

  #erase(): string {
    const lines = this.#drawnLines;
    this.#drawnLines = 0;
    // Up to the first drawn line, then clear to the end of the screen.
    return lines > 0 ? `\u001b[${lines}A\r\u001b[J` : "";
  }

  draw(): void {
    const erased = this.#erase();
    const lines = this.#lines();
    this.#drawnLines = lines.length;
    const text = erased + lines.map((line) => `${line}\n`).join("");
    if (text) this.#sink.write(text);
  }

  /** Prints a line that stays, above the bars. */
  print(line: string): void {
    this.#sink.write(`${this.#erase()}${line}\n`);
    this.draw();
  }

  /** Ends the drawing and removes the bars. */
  close(): void {
    clearInterval(this.#timer);
    const erased = this.#erase();
    if (erased) this.#sink.write(erased);
  }
}
