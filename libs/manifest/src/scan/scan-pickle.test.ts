import { expect, test } from "@jest/globals";
import { isAllowedGlobal } from "./allowed-globals.ts";
import { inMemory } from "../bytes/random-access.ts";
import {
  memoIndirected,
  osSystem,
  pickle,
  plainDict,
  short,
  stateDict,
} from "../testing/pickle-bytes.ts";
import { scanPickle, scanPickleIn } from "./scan-pickle.ts";

/** `os.system("id")` by the opcodes of each protocol that can say it. */
const attacks: [string, Uint8Array, string][] = [
  ["GLOBAL and REDUCE", pickle("\x80\x02cos\nsystem\n", "X\x02\0\0\0id", "\x85R."), "os.system"],
  ["protocol 0", pickle("cos\nsystem\n(S'id'\ntR."), "os.system"],
  ["STACK_GLOBAL", pickle("\x80\x04", short("os"), short("system"), "\x93."), "os.system"],
  [
    "STACK_GLOBAL through the memo",
    pickle("\x80\x04", short("os"), "\x94", short("system"), "\x940", "0h\0h\x01\x93."),
    "os.system",
  ],
  [
    "names in the memo by number",
    pickle("\x80\x02X\x06\0\0\0systemq\x05X\x02\0\0\0osq\x0600h\x06h\x05\x93."),
    "os.system",
  ],
  [
    "a name written twice",
    pickle("\x80\x04", short("posix"), "2\x94", "0", short("system"), "\x93."),
    "posix.system",
  ],
  ["INST", pickle("(S'id'\nios\nsystem\n."), "os.system"],
];

test.each(attacks)("%s names what it calls", (_, bytes, global) => {
  const { globals } = scanPickle(bytes);
  expect(globals).toContain(global);
  expect(isAllowedGlobal(global)).toBe(false);
});

test.each([
  ["a computed module", pickle("\x80\x04N", short("system"), "\x93."), "computed"],
  ["the extension registry", pickle("\x80\x02\x82\x01."), "extension registry"],
  ["OBJ", pickle("(cos\nsystem\no."), "OBJ"],
  ["an unknown opcode", pickle("\x80\x02\xff."), "unknown opcode 255"],
  ["no end", pickle("\x80\x02N"), "does not end"],
  ["a cut text", pickle("\x80\x02X\xff\0\0\0abc"), "is cut"],
  ["a huge length", pickle("\x80\x04\x8d", [255, 255, 255, 255, 255, 255, 255, 127]), "is cut"],
  ["an empty stack", pickle("\x80\x02R."), "more than it has"],
  ["a mark in the way", pickle("\x80\x02NN(R."), "more than it has"],
  ["no mark", pickle("\x80\x02t."), "no mark"],
  ["an empty memo", pickle("\x80\x02h\x07."), "no such entry"],
  ["nothing", new Uint8Array(0), "does not end"],
  // Python reads 1_0 as ten and " 1" as one: two texts that a walker which does not would mix up.
  ["a memo number with an underscore", pickle("Vos\np1_0\n0."), "number of the memo"],
  ["a memo number with a space", pickle("Vos\np 1\n0."), "number of the memo"],
  ["a memo number in hex", pickle("Vos\np0x1\n0."), "number of the memo"],
  ["a memo number above 32 bits", pickle("Vos\np4294967296\n0."), "number of the memo"],
  ["a state for a class", pickle("\x80\x02ctorch\nTensor\n}b."), "BUILD changes a global"],
  ["a state for a class from the memo", pickle("\x80\x02ctorch\nTensor\nq\x000h\0}b."), "BUILD"],
  ["a name that is a number", pickle("\x80\x04K\x01", short("system"), "\x93."), "computed"],
  ["a name that is too long", pickle("\x80\x02X\x01\x20\0\0", "x".repeat(8193), "h\0."), "memo"],
  // CPython drops what a frame cuts: it would import codecs.encode here.
  [
    "a name that its frame cuts",
    pickle("\x80\x04\x95\x02\0\0\0\0\0\0\0c_codecs\nencode\n."),
    "its frame",
  ],
  [
    "a frame inside a frame",
    pickle("\x80\x04", "\x95\x20\0\0\0\0\0\0\0".repeat(2), "N."),
    "its frame",
  ],
  ["a copy of nothing above a mark", pickle("\x80\x02N(2."), "more than it has"],
])("%s is an oddity", (_, bytes, why) => {
  expect(scanPickle(bytes).oddities.join()).toContain(why);
});

test("a state dict as torch.save writes it names tensors and storages only", () => {
  const { globals, oddities, end, complete } = scanPickle(stateDict);
  expect(globals).toEqual([
    "collections.OrderedDict",
    "torch.FloatStorage",
    "torch._utils._rebuild_tensor_v2",
  ]);
  expect(globals.every(isAllowedGlobal)).toBe(true);
  expect(oddities).toEqual([]);
  expect(end).toBe(stateDict.length);
  expect(complete).toBe(true);
});

test("to import is not yet to run", () => {
  expect(scanPickle(pickle("cos\nsystem\n."))).toMatchObject({ complete: true, runs: false });
  expect(scanPickle(osSystem)).toMatchObject({ complete: true, runs: true });
  expect(scanPickle(plainDict)).toMatchObject({ globals: [], runs: false });
});

test("a file is walked as its bytes are, and what a pickle holds in long runs is not read", async () => {
  const bytes = 3 << 20;
  const long = pickle("\x80\x04]B", [bytes & 255, (bytes >> 8) & 255, bytes >> 16, 0]);
  const file = Buffer.concat([
    long,
    Buffer.alloc(bytes, "cos\nsystem\n"),
    pickle("a"),
    memoIndirected,
  ]);
  let read = 0;
  const content = await scanPickleIn({
    size: file.length,
    read: (offset, length) => {
      read += length;
      return inMemory(file).read(offset, length);
    },
  });
  expect(content).toEqual(scanPickle(file));
  expect(content.globals).toEqual(["os.system"]);
  expect(read).toBeLessThan(20_000);
  for (const attack of attacks) {
    expect(await scanPickleIn(inMemory(attack[1]))).toEqual(scanPickle(attack[1]));
  }
});

test("a pickle of many small opcodes is walked window by window", async () => {
  const items = 200_000;
  const file = pickle("\x80\x02](", "K\x01".repeat(items), "e", osSystem.toString("latin1", 2));
  expect((await scanPickleIn(inMemory(file))).globals).toEqual(["posix.system"]);
  const endless = await scanPickleIn(inMemory(Buffer.alloc(3_000_000, "N")));
  expect(endless.oddities).toEqual(["the pickle is too deep to follow"]);
});

test.each([
  "os.system",
  "posix.system",
  "builtins.eval",
  "builtins.getattr",
  "torch.load",
  "torch.hub.load",
  "torch._utils._rebuild_tensor_v2.__globals__",
  "torch.float32.__class__",
  "xtorch.FloatStorage",
  "numpy.dtypes.x",
  "collections.OrderedDict ",
  "functools.partial",
])("%s is not allowed", (global) => {
  expect(isAllowedGlobal(global)).toBe(false);
});
