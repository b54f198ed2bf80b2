import { expect, test } from "@jest/globals";
import { isAllowedGlobal } from "./allowed-globals.ts";
import { scanPickle } from "./scan-pickle.ts";

const pickle = (...parts: (string | number | readonly number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from([part].flat()),
    ),
  );
const short = (text: string): string => `\x8c${String.fromCharCode(text.length)}${text}`;

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
])("%s is an oddity", (_, bytes, why) => {
  expect(scanPickle(bytes).oddities.join()).toContain(why);
});

test("a state dict as torch.save writes it names tensors and storages only", () => {
  const bytes = pickle(
    "\x80\x02ccollections\nOrderedDict\nq\0)Rq\x01(X\x01\0\0\0wq\x02",
    "ctorch._utils\n_rebuild_tensor_v2\nq\x03((X\x07\0\0\0storageq\x04ctorch\nFloatStorage\nq\x05",
    "X\x01\0\0\x000q\x06X\x03\0\0\0cpuq\x07K\x04tq\x08QK\0K\x02K\x02\x86q\x09K\x02K\x01\x86q\x0a\x89",
    "h\0)Rq\x0btq\x0cRq\x0du.",
  );
  const { globals, oddities, end } = scanPickle(bytes);
  expect(globals).toEqual([
    "collections.OrderedDict",
    "torch.FloatStorage",
    "torch._utils._rebuild_tensor_v2",
  ]);
  expect(globals.every(isAllowedGlobal)).toBe(true);
  expect(oddities).toEqual([]);
  expect(end).toBe(bytes.length);
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
