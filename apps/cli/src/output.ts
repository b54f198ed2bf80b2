import { isShown, type LogLevel } from "./config/log-level.ts";
import type { Failure } from "./failure.ts";
import type { Io } from "./io.ts";
import { Board } from "./progress/board.ts";

export interface OutputOptions {
  readonly json: boolean;
  readonly logLevel: LogLevel;
}

/** One line of `--json`. */
export interface JsonEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** How often a file's progress is told as an event. */
const progressEventMs = 250;

/**
 * What a command says. For a person: results on stdout, the rest on stderr, with bars where that is a terminal. With
 * `--json`: one event a line on stdout and nothing else there.
 */
export class Output {
  readonly isJson: boolean;
  readonly #io: Io;
  readonly #logLevel: LogLevel;
  readonly #toldAt = new Map<string, number>();
  #board: Board | undefined;

  constructor(io: Io, options: OutputOptions) {
    this.#io = io;
    this.isJson = options.json;
    this.#logLevel = options.logLevel;
  }

  /** A result, for a person. */
  line(text = ""): void {
    if (!this.isJson) this.#io.stdout.write(`${text}\n`);
  }

  /** A result or step, for a program: `type` says which. Nothing without `--json`. */
  event(event: JsonEvent): void {
    if (this.isJson) this.#io.stdout.write(`${JSON.stringify(event)}\n`);
  }

  /** A line of the log on stderr, above the bars. */
  log(level: Exclude<LogLevel, "silent">, text: string): void {
    if (!isShown(level, this.#logLevel)) return;
    const prefix = level === "info" ? "" : `plimsoll: ${level === "warn" ? "warning: " : ""}`;
    this.#print(`${prefix}${text}`);
  }

  warn(message: string): void {
    this.event({ type: "warning", message });
    if (!this.isJson) this.log("warn", message);
  }

  #print(line: string): void {
    if (this.#board) this.#board.print(line);
    else this.#io.stderr.write(`${line}\n`);
  }

  #canDraw(): boolean {
    const { stderr, env } = this.#io;
    return (
      !this.isJson &&
      stderr.isTTY === true &&
      env["TERM"] !== "dumb" &&
      isShown("info", this.#logLevel)
    );
  }

  /** From here on progress is drawn, where that is a terminal's. */
  startBars(): void {
    if (!this.#canDraw()) return;
    const { stderr, now, env } = this.#io;
    this.#board ??= new Board(stderr, { now, color: !env["NO_COLOR"] });
  }

  /** Tells how much there is to do altogether, and starts the bars. */
  expect(files: number, bytes: number): void {
    this.startBars();
    this.#board?.expect(files, bytes);
  }

  progress(name: string, bytes: number, size: number | undefined): void {
    this.#board?.update(name, bytes, size);
  }

  /** True when an event of this name's progress is due: they come often, a log needs few. */
  isProgressDue(name: string): boolean {
    const now = this.#io.now();
    const told = this.#toldAt.get(name);
    if (told !== undefined && now - told < progressEventMs) return false;
    this.#toldAt.set(name, now);
    return true;
  }

  /** A file is finished: its bar goes, `text` stays. */
  settle(name: string, text: string | undefined): void {
    this.#board?.settle(name);
    this.#toldAt.delete(name);
    if (text !== undefined && !this.isJson) this.log("info", text);
  }

  /** Says why the command failed: a line for each thing that went wrong. */
  fail(failure: Failure): void {
    this.close();
    const { code, message, exit, problems, stack } = failure;
    if (this.isJson) {
      this.event({ type: "error", code, exit, message, ...(problems ? { problems } : {}) });
    } else {
      for (const problem of problems ?? [{ code, message }]) {
        this.#io.stderr.write(`plimsoll: ${problem.code} ${problem.message}\n`);
      }
    }
    if (stack && this.#logLevel === "debug") this.#io.stderr.write(`${stack}\n`);
  }

  /** Removes the bars. */
  close(): void {
    this.#board?.close();
    this.#board = undefined;
  }
}
