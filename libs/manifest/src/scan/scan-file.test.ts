import { expect, test } from "@jest/globals";
import { inMemory } from "../bytes/random-access.ts";
import { onnxFile } from "../testing/onnx-bytes.ts";
import { memoIndirected, osSystem, pickle, plainDict, stateDict } from "../testing/pickle-bytes.ts";
import { floats, safetensorsFile } from "../testing/safetensors-bytes.ts";
import { zipFile } from "../testing/zip-file.ts";
import { checkScan, scanFile, type ScanReport } from "./scan-file.ts";

const scan = (name: string, bytes: Uint8Array): Promise<ScanReport> =>
  scanFile(inMemory(bytes), { name });
const numbers = Buffer.alloc(16, 1);

/** What `torch.save` writes since 1.6, with this pickle. */
const torchFile = (data: Uint8Array, ...more: readonly (readonly [string, Uint8Array])[]): Buffer =>
  zipFile(
    [
      ["best/data.pkl", data],
      ["best/data/0", numbers],
      ["best/version", Buffer.from("3\n")],
      ...more,
    ],
    { zip64: true },
  );

/** What it wrote before. */
const legacyFile = (object: Uint8Array): Buffer =>
  Buffer.concat([
    pickle("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."),
    pickle("\x80\x02M\xe9\x03."),
    pickle("\x80\x02}q\0(X\x0d\0\0\0little_endianq\x01\x88u."),
    object,
    pickle("\x80\x02]q\0X\x01\0\0\x000q\x01a."),
    pickle([4, 0, 0, 0, 0, 0, 0, 0]),
    numbers,
  ]);

test.each([
  ["a state dict", torchFile(stateDict), "best.pt", "pytorch-zip"],
  ["a state dict of an old PyTorch", legacyFile(stateDict), "best.pth", "pytorch-legacy"],
  ["a plain dict", plainDict, "a.pkl", "pickle"],
  ["a plain dict of protocol 0", pickle("(dp0\nVa\np1\nI1\ns."), "a.pkl", "pickle"],
])("%s has no disallowed globals", async (_, bytes, name, format) => {
  expect(await scan(name, bytes)).toMatchObject({
    format,
    refused: false,
    verdict: "no disallowed globals",
    findings: [],
    disallowed: [],
  });
});

const bombs: [string, Uint8Array][] = [
  ["os.system", osSystem],
  ["memo-indirected STACK_GLOBAL", memoIndirected],
  ["protocol 0", pickle("cos\nsystem\n(S'id'\ntR.")],
];

test.each(bombs)("O1: a pickle with %s is refused in every wrapping", async (_, bomb) => {
  const nested = zipFile([["inner/model.pt", torchFile(bomb)]]);
  const deflated = zipFile([["a/b.zip", { data: nested, deflated: true }]]);
  for (const [name, bytes] of [
    ["a.pkl", bomb],
    ["a.pt", torchFile(bomb)],
    ["a.pth", legacyFile(bomb)],
    ["a.pt", legacyFile(stateDict).subarray(0, 60)],
    ["a.pt", torchFile(stateDict, ["best/other.pkl", bomb])],
    ["a.pt", torchFile(stateDict, ["best/data/7", bomb])],
    ["a.onnx", bomb],
    ["a.safetensors", bomb],
    ["a.onnx", torchFile(bomb)],
    ["a.bin", bomb],
    ["labels.txt", bomb],
    ["a.json", bomb],
    ["a", bomb],
    ["a.zip", nested],
    ["a.bin", deflated],
    ["a.pkl", Buffer.concat([plainDict, bomb])],
    ["a.bin", Buffer.concat([numbers, torchFile(bomb)])],
    ["a.onnx", Buffer.concat([onnxFile(), torchFile(bomb)])],
  ] as const) {
    const report = await scan(name, bytes);
    expect([name, report.refused]).toEqual([name, true]);
    expect(() => checkScan(report)).toThrow(expect.objectContaining({ code: "E_SCAN" }));
  }
});

test("O1: a .bin that imports and then breaks is refused, a list of names is not", async () => {
  const bytes = Buffer.from("cantigravity\nfly\nxxx");
  expect(await scan("pytorch_model.bin", bytes)).toMatchObject({ refused: true });
  expect(await scan("classes", Buffer.from("cat\ndog\nbird\n"))).toMatchObject({ refused: false });
});

test("what was found names the entry, the global and the file", async () => {
  const report = await scan("a.zip", zipFile([["inner/model.pt", torchFile(osSystem)]]));
  expect(report.findings[0]).toEqual({
    level: "refuse",
    rule: "code",
    what: "inner/model.pt: best/data.pkl: posix.system is not on the list of allowed globals",
  });
  expect(report.disallowed).toEqual(["posix.system"]);
  expect(() => checkScan(report)).toThrow(/^a\.zip: refused: inner\/model\.pt: best\/data\.pkl/);
});

test("code that is allowed on purpose is a warning, and nothing else is", async () => {
  const bytes = torchFile(osSystem);
  const allowed = await scanFile(inMemory(bytes), { name: "a.pt", allowCode: true });
  expect(allowed).toMatchObject({ refused: false, verdict: "code inside, allowed on purpose" });
  const renamed = await scanFile(inMemory(bytes), { name: "a.onnx", allowCode: true });
  expect(renamed).toMatchObject({ refused: true });
  const cut = await scanFile(inMemory(osSystem.subarray(0, 12)), {
    name: "a.pkl",
    allowCode: true,
  });
  expect(cut).toMatchObject({ refused: true });
});

test.each([
  ["TorchScript", torchFile(stateDict, ["best/code/__torch__.py", Buffer.from("x = 1\n")])],
  ["a shared library", torchFile(stateDict, ["best/model.so", numbers])],
])("%s in an archive is refused", async (_, bytes) => {
  const report = await scan("a.pt", bytes);
  expect(report.verdict).toContain("another program inside");
  expect(report.refused).toBe(true);
});

const hdf5 = Buffer.from("\x89HDF\r\n\x1a\n", "latin1");
const heads: [string, Uint8Array][] = [
  ["pickle 4", Buffer.from([0x80, 4, 0x95, 1, 0, 0, 0, 0, 0, 0, 0, 0x4e, 0x2e])],
  ["pickle 2", Buffer.from([0x80, 2, 0x4e, 0x2e])],
  ["zip", zipFile([["a", numbers]])],
  ["gzip", Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), numbers])],
  ["GGUF", Buffer.from("GGUF")],
  ["HDF5", Buffer.concat([hdf5, numbers])],
  ["a TensorFlow SavedModel", Buffer.from([8, 1, 0x12, 4, 0x0a, 2, 0xff, 0xfe])],
  ["random bytes", Buffer.from("f3a9c1007bd2", "hex")],
  ["a web page", Buffer.from("<!doctype html><title>404</title>")],
  ["nothing", new Uint8Array(0)],
];

test.each(heads)("O1: %s under the names of servable formats is refused", async (_, bytes) => {
  for (const name of ["a.onnx", "a.safetensors", "sub/A.ONNX"]) {
    expect(await scan(name, bytes)).toMatchObject({ refused: true });
  }
});

test("a name says what the content has to be", async () => {
  const report = await scan("weights.safetensors", onnxFile());
  expect(report.verdict).toBe("refused: the name says safetensors, the content is onnx");
  expect(await scan("weights.bin", onnxFile())).toMatchObject({ refused: false, format: "onnx" });
});

test.each([
  ["a.onnx", onnxFile()],
  ["a.safetensors", safetensorsFile({ w: floats([4], 0, 16) }, 16)],
  ["labels.txt", Buffer.from("cat\ndog\nbird\n")],
  ["class_names.json", Buffer.from('["cat", "dog"]')],
  ["empty.txt", new Uint8Array(0)],
  // 640 bytes of header: the file then begins as a pickle of protocol 2 does.
  ["b.safetensors", safetensorsFile(`{"__metadata__":{"x":"y"}}`.padEnd(640))],
])("%s passes without a finding, and is not called safe", async (name, bytes) => {
  const report = await scan(name, bytes);
  expect(report).toMatchObject({ refused: false, findings: [], verdict: "no code found" });
  expect(() => checkScan(report)).not.toThrow();
});

test("what is of no known format is said not to have been looked into", async () => {
  const report = await scan("weights.bin", Buffer.from("f3a9c1007bd2", "hex"));
  expect(report).toMatchObject({ refused: false, verdict: "not looked into", format: "unknown" });
  expect(report.findings).toMatchObject([{ level: "warn", rule: "unseen" }]);
});

test("a Git LFS pointer is refused with the way out", async () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12\n`;
  expect((await scan("a.pt", Buffer.from(pointer))).verdict).toContain("git lfs pull");
});

test("an abort ends the scan with its reason", async () => {
  const signal = AbortSignal.abort(new Error("stop"));
  await expect(scanFile(inMemory(osSystem), { name: "a.pt", signal })).rejects.toThrow("stop");
});

test("an error of the disk is not taken for a finding", async () => {
  const file = { size: 100, read: () => Promise.reject(new Error("EIO")) };
  await expect(scanFile(file, { name: "a.pt" })).rejects.toThrow("EIO");
});
