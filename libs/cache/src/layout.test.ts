import { join, resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { besideTarget, cacheLayout, checkDigest, tokenBeside } from "./layout.ts";
import { newToken } from "./holder.ts";

const digest = "0123456789abcdef".repeat(4);
const layout = cacheLayout("/c");

test("a blob lies where docs/protocol/cache-layout.md says", () => {
  expect(layout.blob(digest)).toBe(resolve(`/c/v1/sha256/01/${digest.slice(2)}`));
  expect(layout.digestOf("01", digest.slice(2))).toBe(digest);
  expect(layout.digestOf("01", `${digest.slice(2)}.tmp`)).toBeUndefined();
});

test.each([
  "",
  "../../x",
  digest.toUpperCase(),
  digest.slice(1),
  `${digest}0`,
  `${digest}\n`,
  `sha256:${digest}`,
  `${digest.slice(2)}/.`,
])("M14: %j never becomes part of a path", (text) => {
  for (const path of [layout.blob, layout.lock, layout.pin, checkDigest]) {
    expect(() => path(text)).toThrow(/is not a SHA-256/);
  }
  expect(() => layout.partial(text, "t")).toThrow(expect.objectContaining({ code: "E_DIGEST" }));
});

test("names of partial files tell digest, token and what they are", () => {
  const token = newToken();
  const name = `${digest}.${token}.journal`;
  expect(layout.partialOf(name)).toEqual({ sha256: digest, token, rest: ".journal" });
  expect(layout.partialOf(`${digest}.${token}`)?.rest).toBe("");
  expect(layout.partialOf("README")).toBeUndefined();
});

test("names in the folder of locks are locks or claims", () => {
  expect(layout.lockOf(`${digest}.lock`)?.kind).toBe("lock");
  expect(layout.lockOf(`${digest}.${newToken()}.claim`)?.kind).toBe("claim");
  expect(layout.lockOf(`${digest}.txt`)).toBeUndefined();
});

test("a temporary file lies beside its target, hidden, short enough, with its maker's token", () => {
  const token = newToken();
  const path = besideTarget(join("/app", "w".repeat(250)), token);
  expect(path.startsWith(join("/app", ".w"))).toBe(true);
  const name = path.slice("/app/".length);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  expect(tokenBeside(name)).toBe(token);
  expect(tokenBeside(".gitignore")).toBeUndefined();
  expect(tokenBeside("model.plimsoll-tmp")).toBeUndefined();
});

test("each folder of an app has a state file of its own", () => {
  expect(layout.folderState("/app/w")).not.toBe(layout.folderState("/app/v"));
  expect(layout.folderState("/app/w")).toBe(layout.folderState("/app/w/"));
});
