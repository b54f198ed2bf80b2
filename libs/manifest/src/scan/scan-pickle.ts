import { pickleOpcodes, type Opcode } from "./pickle-opcodes.ts";

/** What one pickle would import when it is loaded; nothing of it is executed here. */
export interface PickleContent {
  /** `module.name`, each once, sorted. */
  readonly globals: readonly string[];
  /** What cannot be resolved or belongs into no weight file, in words; each is reason enough to refuse. */
  readonly oddities: readonly string[];
  /** Offset just behind STOP, or of where reading ended. */
  readonly end: number;
}

/** A text that the stack holds, or anything else. */
type Value = string | undefined;

class Fault extends Error {}

/**
 * Walks the opcodes of a pickle with a stack and a memo that remember texts only, which is what names a global. Whatever
 * it does not follow to the end becomes an oddity: a walker that guesses is a walker that is fooled.
 */
export function scanPickle(bytes: Uint8Array, start = 0): PickleContent {
  const walk = new PickleWalk(bytes, start);
  try {
    while (walk.step());
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    walk.oddities.add(error.message);
  }
  return {
    globals: [...walk.globals].sort(),
    oddities: [...walk.oddities].sort(),
    end: walk.at,
  };
}

class PickleWalk {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #stack: Value[] = [];
  /** Stack heights at the marks. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, Value>();
  readonly globals = new Set<string>();
  readonly oddities = new Set<string>();
  at: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
  }

  /** Reads one opcode; false after STOP. */
  step(): boolean {
    const byte = this.#bytes[this.at];
    const opcode = byte === undefined ? undefined : pickleOpcodes.get(byte);
    if (opcode === undefined) {
      throw new Fault(byte === undefined ? "the pickle does not end" : `unknown opcode ${byte}`);
    }
    this.at += 1;
    const argument = this.#argument(opcode);
    return this.#apply(opcode, argument);
  }

  #apply({ name, effect }: Opcode, argument: string): boolean {
    switch (effect.kind) {
      case "move":
        this.#pop(effect.pop);
        this.#push(effect.push);
        return true;
      case "text":
        this.#stack.push(argument);
        return true;
      case "mark":
        this.#marks.push(this.#stack.length);
        return true;
      case "to-mark":
        this.#toMark();
        this.#pop(effect.keep);
        this.#push(effect.push);
        return true;
      case "put":
        this.#memo.set(Number(argument), this.#top());
        return true;
      case "memoize":
        this.#memo.set(this.#memo.size, this.#top());
        return true;
      case "get":
        if (!this.#memo.has(Number(argument))) throw new Fault("the memo has no such entry");
        this.#stack.push(this.#memo.get(Number(argument)));
        return true;
      case "dup":
        this.#stack.push(this.#top());
        return true;
      case "pop-any":
        if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
        else this.#pop(1);
        return true;
      case "global":
        this.#global(argument);
        this.#push(1);
        return true;
      case "stack-global":
        this.#stackGlobal();
        return true;
      case "inst":
        this.oddities.add("INST builds an object");
        this.#global(argument);
        this.#toMark();
        this.#push(1);
        return true;
      case "obj":
        this.oddities.add("OBJ builds an object");
        this.#toMark();
        this.#push(1);
        return true;
      case "extension":
        this.oddities.add(`${name} uses the extension registry`);
        this.#push(1);
        return true;
      case "stop":
        return false;
    }
  }

  #stackGlobal(): void {
    const [module, name] = this.#pop(2);
    if (module === undefined || name === undefined) {
      this.oddities.add("STACK_GLOBAL with a name that is computed");
    } else {
      this.globals.add(`${module}.${name}`);
    }
    this.#push(1);
  }

  #global(lines: string): void {
    this.globals.add(lines.replace("\n", "."));
  }

  #push(count: number): void {
    for (let i = 0; i < count; i += 1) this.#stack.push(undefined);
  }

  #pop(count: number): Value[] {
    const floor = this.#marks.at(-1) ?? 0;
    if (this.#stack.length - count < floor) throw new Fault("the pickle takes more than it has");
    return count === 0 ? [] : this.#stack.splice(-count);
  }

  #top(): Value {
    if (this.#stack.length === 0) throw new Fault("the pickle takes more than it has");
    return this.#stack.at(-1);
  }

  #toMark(): void {
    const height = this.#marks.pop();
    if (height === undefined) throw new Fault("the pickle has no mark");
    this.#stack = this.#stack.slice(0, height);
  }

  /** The argument as text: a name or a string as it stands, a memo index as digits, else empty. */
  #argument({ argument, effect }: Opcode): string {
    if (argument === "none") return "";
    if (argument === "line") return this.#line();
    if (argument === "two-lines") return `${this.#line()}\n${this.#line()}`;
    if ("fixed" in argument) {
      const from = this.#take(argument.fixed);
      if (effect.kind !== "put" && effect.kind !== "get") return "";
      return String(argument.fixed === 1 ? this.#bytes[from] : this.#view.getUint32(from, true));
    }
    const lengthAt = this.#take(argument.counted);
    const from = this.#take(this.#count(lengthAt, argument.counted));
    return effect.kind === "text" ? latin(this.#bytes.subarray(from, this.at)) : "";
  }

  #count(at: number, bytes: 1 | 2 | 4 | 8): number {
    if (bytes === 1) return this.#view.getUint8(at);
    if (bytes === 2) return this.#view.getUint16(at, true);
    if (bytes === 4) return this.#view.getUint32(at, true);
    return Number(this.#view.getBigUint64(at, true));
  }

  #take(count: number): number {
    const from = this.at;
    if (count > this.#bytes.length - from) throw new Fault("the pickle is cut");
    this.at += count;
    return from;
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new Fault("the pickle is cut");
    const line = latin(this.#bytes.subarray(this.at, end));
    this.at = end + 1;
    return line;
  }
}

/** Names of globals are ASCII in every honest pickle; anything else must only stay recognisable as itself. */
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
