import type { Opcode } from "./pickle-opcodes.ts";

/** Why a pickle cannot be followed further; what it was until then stays known. */
export class PickleFault extends Error {}

/** What the stack remembers of a value: texts and numbers, tuples, globals, and of others nothing. */
export type PickleValue = string | number | PickleTuple | PickleGlobal | undefined;

/** A tuple; also a persistent id, which is one in every file of PyTorch. */
export class PickleTuple {
  readonly items: readonly PickleValue[];

  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A global itself, `module.name`. */
export class PickleGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** The argument of an opcode: a name or a text as it stands, a number, or undefined for what is not needed. */
export type PickleArgument = string | number | undefined;

/** Told of every call of a global: `torch._utils._rebuild_tensor_v2` and its arguments. */
export type PickleCall = (name: string, args: readonly PickleValue[]) => void;

/** An honest pickle of 100,000 tensors stays below each of these. */
const limits = { opcodes: 20_000_000, stack: 2_000_000, memo: 5_000_000, textChars: 64 << 20 };

/** A memo's number is an unsigned 32-bit integer in the reader that everyone uses; Python's `int()` takes more spellings. */
const memoNumber = /^(?:0|[1-9]\d{0,9})$/;

/** The pickle machine, with a stack and a memo that remember what it takes to name every import; nothing is built. */
export class PickleMachine {
  readonly #onCall: PickleCall | undefined;
  #stack: PickleValue[] = [];
  /** Stack heights at the marks. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #opcodes = 0;
  #textChars = 0;
  /** `module.name`. */
  readonly globals = new Set<string>();
  readonly oddities = new Set<string>();
  /** True once something was called or built, not only imported. */
  runs = false;

  constructor(onCall?: PickleCall) {
    this.#onCall = onCall;
  }

  /** Does what one opcode does; false after STOP. Throws `PickleFault` where the real machine would fail, or we do. */
  apply({ name, effect, runs }: Opcode, argument: PickleArgument): boolean {
    this.#opcodes += 1;
    if (this.#opcodes > limits.opcodes) throw new PickleFault("the pickle is too long to follow");
    switch (effect.kind) {
      case "move":
        this.#move(name, effect.pop, effect.push);
        break;
      case "value":
        this.#textChars += typeof argument === "string" ? argument.length : 0;
        if (this.#textChars > limits.textChars) {
          throw new PickleFault("the pickle has too many texts to follow");
        }
        this.#push(argument);
        break;
      case "tuple":
        this.#push(
          new PickleTuple(effect.count === undefined ? this.#toMark() : this.#pop(effect.count)),
        );
        break;
      case "reduce":
        this.#reduce();
        break;
      case "persistent":
        this.#persistent();
        break;
      case "mark":
        if (this.#marks.length > limits.stack) throw tooDeep();
        this.#marks.push(this.#stack.length);
        break;
      case "to-mark":
        this.#toMark();
        this.#pop(effect.keep);
        if (effect.push > 0) this.#push(undefined);
        break;
      case "put":
        this.#put(memoKey(argument));
        break;
      case "memoize":
        this.#put(this.#memo.size);
        break;
      case "get":
        this.#get(memoKey(argument));
        break;
      case "dup":
        this.#push(this.#top());
        break;
      case "pop-any":
        if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
        else this.#pop(1);
        break;
      case "global":
        this.#global(argument);
        break;
      case "stack-global":
        this.#stackGlobal();
        break;
      case "inst":
        this.oddities.add("INST builds an object");
        this.#toMark();
        this.#global(argument);
        break;
      case "obj":
        this.oddities.add("OBJ builds an object");
        this.#toMark();
        this.#push(undefined);
        break;
      case "extension":
        this.oddities.add(`${name} uses the extension registry`);
        this.#push(undefined);
        break;
      case "stop":
        return false;
    }
    if (runs) this.runs = true;
    return true;
  }

  #move(name: string, pop: number, push: number): void {
    const [below] = this.#pop(pop);
    // A state that is given to a class or a function instead of to an object changes it for the whole process.
    if (name === "BUILD" && below instanceof PickleGlobal) {
      this.oddities.add("BUILD changes a global");
    }
    // BUILD and the filling of containers leave the object itself on the stack.
    for (let i = 0; i < push; i += 1) this.#push(name === "BUILD" ? below : undefined);
  }

  #stackGlobal(): void {
    const [module, name] = this.#pop(2);
    if (typeof module !== "string" || typeof name !== "string") {
      this.oddities.add("STACK_GLOBAL with a name that is computed");
      this.#push(undefined);
    } else {
      this.#global(`${module}\n${name}`);
    }
  }

  /** What is loaded by a persistent id is known by the id. */
  #persistent(): void {
    const [id] = this.#pop(1);
    this.#push(id instanceof PickleTuple ? id : undefined);
  }

  #reduce(): void {
    const [callable, args] = this.#pop(2);
    if (callable instanceof PickleGlobal && args instanceof PickleTuple) {
      this.#onCall?.(callable.name, args.items);
    }
    this.#push(undefined);
  }

  #global(lines: PickleArgument): void {
    if (typeof lines !== "string") throw new PickleFault("a global with an endless name");
    const name = lines.replace("\n", ".");
    this.globals.add(name);
    this.#push(new PickleGlobal(name));
  }

  #put(key: number): void {
    if (this.#memo.size > limits.memo) throw tooDeep();
    this.#memo.set(key, this.#top());
  }

  #get(key: number): void {
    if (!this.#memo.has(key)) throw new PickleFault("the memo has no such entry");
    this.#push(this.#memo.get(key));
  }

  #push(value: PickleValue): void {
    if (this.#stack.length > limits.stack) throw tooDeep();
    this.#stack.push(value);
  }

  #pop(count: number): PickleValue[] {
    if (count === 0) return [];
    const floor = this.#marks.at(-1) ?? 0;
    if (this.#stack.length - count < floor) throw underflow();
    return this.#stack.splice(-count);
  }

  #top(): PickleValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw underflow();
    return this.#stack.at(-1);
  }

  #toMark(): PickleValue[] {
    const height = this.#marks.pop();
    if (height === undefined) throw new PickleFault("the pickle has no mark");
    return this.#stack.splice(height);
  }
}

function memoKey(digits: PickleArgument): number {
  if (typeof digits === "number") return digits;
  if (digits === undefined || !memoNumber.test(digits) || Number(digits) > 0xffff_ffff) {
    throw new PickleFault("a number of the memo that is none");
  }
  return Number(digits);
}

const underflow = (): PickleFault => new PickleFault("the pickle takes more than it has");
const tooDeep = (): PickleFault => new PickleFault("the pickle is too deep to follow");
