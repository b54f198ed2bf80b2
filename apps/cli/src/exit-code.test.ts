import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { exitCode, exitCodes } from "./exit-code.ts";

/** Codes of the contract that no room throws yet. */
const reserved = ["E_BUG", "E_OUTPUT"];

/** The string union of a room's error class, read from its source. */
async function codesIn(file: URL): Promise<string[]> {
  const source = await readFile(file, "utf8").catch(() => "");
  const union = /export type \w+ErrorCode =([^;]*);/.exec(source)?.[1] ?? "";
  return [...union.matchAll(/"(E_[A-Z_]+)"/g)].map(([, code]) => code ?? "");
}

async function thrownCodes(): Promise<Set<string>> {
  const libs = new URL("../../../libs/", import.meta.url);
  const files = (await readdir(libs)).map((room) => new URL(`${room}/src/error.ts`, libs));
  const codes = await Promise.all([...files, new URL("error.ts", import.meta.url)].map(codesIn));
  return new Set(codes.flat());
}

test("every code that a room can throw has an exit code", async () => {
  const codes = await thrownCodes();
  expect(codes.size).toBeGreaterThan(20);
  expect([...codes].filter((code) => !Object.hasOwn(exitCodes, code))).toEqual([]);
});

test("every code of the table is thrown by a room or reserved by the contract", async () => {
  const known = new Set([...(await thrownCodes()), ...reserved]);
  expect(Object.keys(exitCodes).filter((code) => !known.has(code))).toEqual([]);
});

test("the exit codes are those of the contract", () => {
  expect(exitCode("E_USAGE")).toBe(2);
  expect(exitCode("E_NOT_FOUND")).toBe(3);
  expect(exitCode("E_AUTH")).toBe(4);
  for (const code of [
    "E_PATH",
    "E_MANIFEST_PARSE",
    "E_MISMATCH",
    "E_DIGEST",
    "E_SIZE",
    "E_LFS_POINTER",
    "E_PIN",
  ]) {
    expect(exitCode(code)).toBe(5);
  }
  for (const code of ["E_RANGE", "E_REDIRECT", "E_NETWORK", "E_TIMEOUT"])
    expect(exitCode(code)).toBe(6);
  expect(exitCode("E_DISK")).toBe(7);
  expect(exitCode("E_LOCKED")).toBe(8);
  for (const code of ["E_EXISTS", "E_CONFLICT"]) expect(exitCode(code)).toBe(9);
  for (const code of ["E_GATE", "E_MODEL", "E_OUTPUT"]) expect(exitCode(code)).toBe(10);
});

test("E_LIMIT is space, except where a manifest broke its caps", () => {
  expect(exitCode("E_LIMIT")).toBe(7);
  expect(exitCode("E_LIMIT", "CacheError")).toBe(7);
  expect(exitCode("E_LIMIT", "ManifestError")).toBe(5);
});

test("an unknown code is a bug, also one that names a property of every object", () => {
  expect(exitCode("E_NEW")).toBe(1);
  expect(exitCode("constructor")).toBe(1);
});
