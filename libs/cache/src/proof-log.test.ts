import { appendFile, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import type { FileState } from "./file-state.ts";
import { proofFolder, ProofLog } from "./proof-log.ts";

const sha256 = "ab".repeat(32);
const state: FileState = { dev: "1", ino: "2", size: "3", mtimeNs: "4" };

function proofsIn(dir: TempDir, writable = true): ProofLog {
  return new ProofLog({
    path: dir.join("state"),
    folder: "/app/weights",
    temporary: () => dir.join(`tmp-${Math.random()}`),
    writable: async () => writable,
  });
}

test("what was added is known, here and to another process", async () => {
  await using dir = await tempDir();
  await proofsIn(dir).add("a.onnx", sha256, state);
  expect(await proofsIn(dir).digest("a.onnx", state)).toBe(sha256);
  expect(await proofsIn(dir).digest("b.onnx", state)).toBeUndefined();
});

test.each(["dev", "ino", "size", "mtimeNs"] as const)(
  "another %s is another file",
  async (field) => {
    await using dir = await tempDir();
    const proofs = proofsIn(dir);
    await proofs.add("a", sha256, state);
    expect(await proofs.digest("a", { ...state, [field]: "9" })).toBeUndefined();
  },
);

test("what another process added after the first look is found", async () => {
  await using dir = await tempDir();
  const early = proofsIn(dir);
  expect(await early.digest("a", state)).toBeUndefined();
  await proofsIn(dir).add("a", sha256, state);
  expect(await early.digest("a", state)).toBe(sha256);
});

test("the same proof is written once", async () => {
  await using dir = await tempDir();
  const proofs = proofsIn(dir);
  await proofs.add("a", sha256, state);
  const before = await readFile(dir.join("state"), "utf8");
  await proofs.add("a", sha256, state);
  expect(await readFile(dir.join("state"), "utf8")).toBe(before);
});

test("D10: damaged lines prove nothing, the others stay", async () => {
  await using dir = await tempDir();
  const proofs = proofsIn(dir);
  await proofs.add("a", sha256, state);
  const junk = ["[", "[1,2,3,4,5,6]", "null", "[]", '["b"]', `["b","${sha256}",1,2,3,4]`, "\u0000"];
  await appendFile(dir.join("state"), junk.join("\n"));
  const after = proofsIn(dir);
  expect(await after.digest("a", state)).toBe(sha256);
  expect(await after.digest("b", state)).toBeUndefined();
  await after.add("c", sha256, state);
  expect(await proofsIn(dir).digest("c", state)).toBe(sha256);
});

test("D10: a file of nothing but rubbish is an empty one", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("state"), Buffer.alloc(4_096, 0xff));
  expect(await proofsIn(dir).digest("a", state)).toBeUndefined();
});

test("where nothing may be written proofs last as long as the process", async () => {
  await using dir = await tempDir();
  const proofs = proofsIn(dir, false);
  await proofs.add("a", sha256, state);
  expect(await proofs.digest("a", state)).toBe(sha256);
  expect(await proofs.digest("b", state)).toBeUndefined();
  expect(await proofs.digest("a", state)).toBe(sha256);
});

test("many lines about few names are written anew, short", async () => {
  await using dir = await tempDir();
  const proofs = proofsIn(dir);
  for (let i = 0; i < 400; i += 1) await proofs.add("a", sha256, { ...state, mtimeNs: String(i) });
  const latest = { ...state, mtimeNs: "399" };
  expect(await proofsIn(dir).digest("a", latest)).toBe(sha256);
  const lines = (await readFile(dir.join("state"), "utf8")).trim().split("\n");
  expect(lines).toHaveLength(2);
  expect(proofFolder(lines)).toBe("/app/weights");
});

test("what is not kept is forgotten", async () => {
  await using dir = await tempDir();
  const proofs = proofsIn(dir);
  await proofs.add("a", sha256, state);
  await proofs.add("b", sha256, state);
  await proofs.keep(new Set(["b"]));
  expect(await proofs.digest("a", state)).toBeUndefined();
  expect(await proofsIn(dir).digest("a", state)).toBeUndefined();
  expect(await proofsIn(dir).digest("b", state)).toBe(sha256);
});
