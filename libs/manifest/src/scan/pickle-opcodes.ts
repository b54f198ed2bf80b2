/**
 * The opcodes of pickle protocols 0 to 5 (CPython's `pickletools` is the reference): how an argument is laid out in the
 * stream, and what the opcode does to a stack that remembers texts, numbers, tuples and globals.
 */
export type Argument =
  | "none"
  | "line"
  | "two-lines"
  | { readonly fixed: 1 | 2 | 4 | 8 }
  | { readonly counted: 1 | 2 | 4 | 8 };

/** `value`: pushes its argument · `move`: takes and puts that many other values · the rest by name. */
export type Effect =
  | { readonly kind: "move"; readonly pop: number; readonly push: number }
  | { readonly kind: "value" }
  /** Of so many values; without a number of all above the mark. */
  | { readonly kind: "tuple"; readonly count?: number }
  | { readonly kind: "reduce" }
  | { readonly kind: "mark" }
  | { readonly kind: "to-mark"; readonly push: number; readonly keep: number }
  | { readonly kind: "put" | "get" | "memoize" | "dup" | "pop-any" | "persistent" | "stop" }
  | { readonly kind: "global" | "stack-global" | "inst" | "obj" | "extension" };

export interface Opcode {
  readonly name: string;
  readonly argument: Argument;
  readonly effect: Effect;
  /** True when the opcode calls something, or may. */
  readonly runs: boolean;
}

const running: ReadonlySet<string> = new Set(
  "REDUCE BUILD INST OBJ NEWOBJ NEWOBJ_EX EXT1 EXT2 EXT4".split(" "),
);

const move = (pop: number, push: number): Effect => ({ kind: "move", pop, push });
const toMark = (keep: number, push: number): Effect => ({ kind: "to-mark", keep, push });
const fixed = (bytes: 1 | 2 | 4 | 8): Argument => ({ fixed: bytes });
const counted = (bytes: 1 | 2 | 4 | 8): Argument => ({ counted: bytes });
const value: Effect = { kind: "value" };
const tuple = (count: number): Effect => ({ kind: "tuple", count });

/** `keep` of `to-mark`: values below the mark that the opcode takes as well and puts back changed. */
const table: readonly (readonly [string, number, Argument, Effect])[] = [
  ["MARK", 0x28, "none", { kind: "mark" }],
  ["STOP", 0x2e, "none", { kind: "stop" }],
  ["POP", 0x30, "none", { kind: "pop-any" }],
  ["POP_MARK", 0x31, "none", toMark(0, 0)],
  ["DUP", 0x32, "none", { kind: "dup" }],
  ["FLOAT", 0x46, "line", move(0, 1)],
  ["INT", 0x49, "line", move(0, 1)],
  ["BININT", 0x4a, fixed(4), value],
  ["BININT1", 0x4b, fixed(1), value],
  ["LONG", 0x4c, "line", move(0, 1)],
  ["BININT2", 0x4d, fixed(2), value],
  ["NONE", 0x4e, "none", move(0, 1)],
  ["PERSID", 0x50, "line", move(0, 1)],
  ["BINPERSID", 0x51, "none", { kind: "persistent" }],
  ["REDUCE", 0x52, "none", { kind: "reduce" }],
  ["STRING", 0x53, "line", value],
  ["BINSTRING", 0x54, counted(4), value],
  ["SHORT_BINSTRING", 0x55, counted(1), value],
  ["UNICODE", 0x56, "line", value],
  ["BINUNICODE", 0x58, counted(4), value],
  ["APPEND", 0x61, "none", move(2, 1)],
  ["BUILD", 0x62, "none", move(2, 1)],
  ["GLOBAL", 0x63, "two-lines", { kind: "global" }],
  ["DICT", 0x64, "none", toMark(0, 1)],
  ["EMPTY_DICT", 0x7d, "none", move(0, 1)],
  ["APPENDS", 0x65, "none", toMark(1, 1)],
  ["GET", 0x67, "line", { kind: "get" }],
  ["BINGET", 0x68, fixed(1), { kind: "get" }],
  ["INST", 0x69, "two-lines", { kind: "inst" }],
  ["LONG_BINGET", 0x6a, fixed(4), { kind: "get" }],
  ["LIST", 0x6c, "none", toMark(0, 1)],
  ["EMPTY_LIST", 0x5d, "none", move(0, 1)],
  ["OBJ", 0x6f, "none", { kind: "obj" }],
  ["PUT", 0x70, "line", { kind: "put" }],
  ["BINPUT", 0x71, fixed(1), { kind: "put" }],
  ["LONG_BINPUT", 0x72, fixed(4), { kind: "put" }],
  ["SETITEM", 0x73, "none", move(3, 1)],
  ["TUPLE", 0x74, "none", { kind: "tuple" }],
  ["EMPTY_TUPLE", 0x29, "none", tuple(0)],
  ["SETITEMS", 0x75, "none", toMark(1, 1)],
  ["BINFLOAT", 0x47, fixed(8), move(0, 1)],
  ["PROTO", 0x80, fixed(1), move(0, 0)],
  ["NEWOBJ", 0x81, "none", move(2, 1)],
  ["EXT1", 0x82, fixed(1), { kind: "extension" }],
  ["EXT2", 0x83, fixed(2), { kind: "extension" }],
  ["EXT4", 0x84, fixed(4), { kind: "extension" }],
  ["TUPLE1", 0x85, "none", tuple(1)],
  ["TUPLE2", 0x86, "none", tuple(2)],
  ["TUPLE3", 0x87, "none", tuple(3)],
  ["NEWTRUE", 0x88, "none", move(0, 1)],
  ["NEWFALSE", 0x89, "none", move(0, 1)],
  ["LONG1", 0x8a, counted(1), value],
  ["LONG4", 0x8b, counted(4), move(0, 1)],
  ["BINBYTES", 0x42, counted(4), move(0, 1)],
  ["SHORT_BINBYTES", 0x43, counted(1), move(0, 1)],
  ["SHORT_BINUNICODE", 0x8c, counted(1), value],
  ["BINUNICODE8", 0x8d, counted(8), value],
  ["BINBYTES8", 0x8e, counted(8), move(0, 1)],
  ["EMPTY_SET", 0x8f, "none", move(0, 1)],
  ["ADDITEMS", 0x90, "none", toMark(1, 1)],
  ["FROZENSET", 0x91, "none", toMark(0, 1)],
  ["NEWOBJ_EX", 0x92, "none", move(3, 1)],
  ["STACK_GLOBAL", 0x93, "none", { kind: "stack-global" }],
  ["MEMOIZE", 0x94, "none", { kind: "memoize" }],
  ["FRAME", 0x95, fixed(8), move(0, 0)],
  ["BYTEARRAY8", 0x96, counted(8), move(0, 1)],
  ["NEXT_BUFFER", 0x97, "none", move(0, 1)],
  ["READONLY_BUFFER", 0x98, "none", move(1, 1)],
];

/** Opcodes by their byte. */
export const pickleOpcodes: ReadonlyMap<number, Opcode> = new Map(
  table.map(([name, byte, argument, effect]) => [
    byte,
    { name, argument, effect, runs: running.has(name) },
  ]),
);
