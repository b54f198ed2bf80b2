import { writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { generateKeys } from "@plimsoll/manifest";
import { tempDir } from "@plimsoll/testing";
import { signingKey } from "./signing-key.ts";

test("a key is a PEM, one with escaped line ends, or a path; encrypted with its passphrase", async () => {
  await using dir = await tempDir();
  const { privateKey } = generateKeys();
  await writeFile(dir.join("k.key"), privateKey);
  for (const text of [privateKey, privateKey.replaceAll("\n", "\\n"), dir.join("k.key")]) {
    expect((await signingKey(text, {})).asymmetricKeyType).toBe("ec");
  }
  const closed = generateKeys("a long enough passphrase").privateKey;
  const env = { PLIMSOLL_SIGNING_PASSPHRASE: "a long enough passphrase" };
  expect((await signingKey(closed, env)).type).toBe("private");
});

test("V17: one that cannot be used is named by its variable, and nothing of it is told", async () => {
  for (const text of ["/no/such/file", "-----BEGIN PRIVATE KEY-----\ncanary\n"]) {
    const error = await signingKey(text, {}).catch((cause: Error) => cause.message);
    expect(error).toMatch(/^PLIMSOLL_SIGNING_KEY: neither/);
    expect(error).not.toMatch(/canary|such/);
  }
});
