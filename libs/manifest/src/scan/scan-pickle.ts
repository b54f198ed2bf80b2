import { type RandomAccess, viewOf } from "../bytes/random-access.ts";
import {
  PickleFault,
  PickleMachine,
  type PickleArgument,
  type PickleCall,
} from "./pickle-machine.ts";
import { pickleOpcodes, type Opcode } from "./pickle-opcodes.ts";

/** What one pickle would import when it is loaded; nothing of it is executed here. */
export interface PickleContent {
  /** `module.name`, each once, sorted. */
  readonly globals: readonly string[];
  /** What cannot be resolved or belongs into no weight file, in words; each is reason enough to refuse. */
  readonly oddities: readonly string[];
  /** Offset just behind STOP, or of where reading ended. */
  readonly end: number;
  /** True when STOP was reached. */
  readonly complete: boolean;
  /** True when something is called or built, not only imported. */
  readonly runs: boolean;
}

/** No module and no function has a longer name: such a text is skipped. */
const maxTextBytes = 4096;
/** Numbers and texts of the oldest protocol stand on lines. */
const maxLineBytes = 1 << 20;
/** Bytes that are read at once: little at first, since most files end here at the first opcode. */
const window = { firstBytes: 4 << 10, mostBytes: 256 << 10 };

/**
 * Walks the opcodes of a pickle with a stack and a memo that remember texts only, which is what names a global. Whatever
 * it does not follow to the end becomes an oddity: a walker that guesses is a walker that is fooled.
 */
export function scanPickle(bytes: Uint8Array, start = 0): PickleContent {
  const walk = new PickleWalk(start);
  walk.feed(bytes.subarray(start), true);
  return walk.content(bytes.length);
}

/**
 * As `scanPickle`, from a file of any size: long runs of bytes inside the pickle are skipped, not read. `onCall` is told of
 * every call that the pickle would make.
 */
export async function scanPickleIn(
  file: RandomAccess,
  start = 0,
  onCall?: PickleCall,
): Promise<PickleContent> {
  const walk = new PickleWalk(start, onCall);
  for (let wanted = window.firstBytes; ;) {
    const from = walk.at;
    const length = Math.max(0, Math.min(wanted, file.size - from));
    const bytes = length === 0 ? new Uint8Array(0) : await file.read(from, length);
    if (!walk.feed(bytes, from + length >= file.size)) return walk.content(file.size);
    wanted = walk.at === from ? wanted * 2 : Math.min(wanted * 4, window.mostBytes);
  }
}

/** The argument of an opcode, and where the next opcode stands; undefined where the bytes end before. */
type Decoded = { readonly value: PickleArgument; readonly next: number } | undefined;

class PickleWalk {
  readonly #machine: PickleMachine;
  /** Of the next opcode, in the file. */
  at: number;
  #frameEnd = 0;
  #complete = false;

  constructor(start: number, onCall?: PickleCall) {
    this.at = start;
    this.#machine = new PickleMachine(onCall);
  }

  content(size: number): PickleContent {
    const { globals, oddities, runs } = this.#machine;
    return {
      globals: [...globals].sort(),
      oddities: [...oddities].sort(),
      end: Math.min(this.at, size),
      complete: this.#complete,
      runs,
    };
  }

  /** Goes on with the bytes that stand at `at`; false when the walk is over. `last`: the file has no more. */
  feed(bytes: Uint8Array, last: boolean): boolean {
    const base = this.at;
    const view = viewOf(bytes);
    try {
      for (;;) {
        const from = this.at - base;
        const byte = bytes[from];
        if (byte === undefined) {
          if (last) throw new PickleFault(from > bytes.length ? cut : "the pickle does not end");
          return true;
        }
        const opcode = pickleOpcodes.get(byte);
        if (opcode === undefined) throw new PickleFault(`unknown opcode ${byte}`);
        const decoded = decode(opcode, bytes, view, from + 1);
        if (decoded === undefined) {
          if (last) throw new PickleFault(cut);
          return true;
        }
        this.#checkFrame(opcode, this.at, base + decoded.next, decoded.value);
        this.at = base + decoded.next;
        // What the argument lacks shows at the next opcode; only here it would count as a name.
        if (last && decoded.next > bytes.length) throw new PickleFault(cut);
        if (!this.#machine.apply(opcode, decoded.value)) {
          this.#complete = true;
          return false;
        }
      }
    } catch (error) {
      if (!(error instanceof PickleFault)) throw error;
      this.#machine.oddities.add(error.message);
      return false;
    }
  }

  /**
   * Frames hold whole opcodes. Where an argument crosses the end of one, CPython's unpickler in C drops the part inside
   * and reads the argument again behind the frame: it would see another name than we do.
   */
  #checkFrame({ name }: Opcode, from: number, to: number, length: PickleArgument): void {
    const isInside = from < this.#frameEnd;
    if (isInside && (to > this.#frameEnd || name === "FRAME")) {
      throw new PickleFault("an opcode crosses the end of its frame");
    }
    if (name === "FRAME") this.#frameEnd = to + Number(length);
  }
}

const cut = "the pickle is cut";

function decode(
  { name, argument, effect }: Opcode,
  bytes: Uint8Array,
  view: DataView,
  at: number,
): Decoded {
  if (argument === "none") return { value: undefined, next: at };
  if (argument === "line") return line(bytes, at);
  if (argument === "two-lines") {
    const first = line(bytes, at);
    const second = first && line(bytes, first.next);
    return second && { value: `${first.value}\n${second.value}`, next: second.next };
  }
  if ("fixed" in argument) {
    const { fixed } = argument;
    if (at + fixed > bytes.length) return undefined;
    // Of the numbers only BININT has a sign.
    const isSigned = effect.kind === "value" && fixed === 4;
    const value = isSigned ? view.getInt32(at, true) : count(view, at, fixed);
    return { value, next: at + fixed };
  }
  if (at + argument.counted > bytes.length) return undefined;
  const from = at + argument.counted;
  const next = from + count(view, at, argument.counted);
  if (effect.kind !== "value" || next - from > maxTextBytes) return { value: undefined, next };
  if (next > bytes.length) return undefined;
  const body = bytes.subarray(from, next);
  return { value: name === "LONG1" ? integer(body) : utf8(body), next };
}

/** A signed little-endian number; undefined where it is no exact double. */
function integer(bytes: Uint8Array): number | undefined {
  if (bytes.length > 8) return undefined;
  let value = 0n;
  for (const [i, byte] of bytes.entries()) value |= BigInt(byte) << BigInt(8 * i);
  const signed = Number(BigInt.asIntN(8 * bytes.length, value));
  return Number.isSafeInteger(signed) ? signed : undefined;
}

function count(view: DataView, at: number, bytes: 1 | 2 | 4 | 8): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true);
  if (bytes === 4) return view.getUint32(at, true);
  return Number(view.getBigUint64(at, true));
}

function line(bytes: Uint8Array, at: number): { value: string; next: number } | undefined {
  const end = bytes.indexOf(0x0a, at);
  if (end < 0 && bytes.length - at > maxLineBytes) throw new PickleFault("a line does not end");
  return end < 0 ? undefined : { value: utf8(bytes.subarray(at, end)), next: end + 1 };
}

/** Names of globals are ASCII in every honest pickle; anything else must only stay recognisable as itself. */
const utf8 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
