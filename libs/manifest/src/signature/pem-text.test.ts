import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { pemText } from "./pem-text.ts";
import { generateKeys, readSigningKey } from "./signing-key.ts";

test("a key is the text itself, also with escaped line ends, or the file at a path", async () => {
  const dir = await mkdtemp(join(tmpdir(), "plimsoll-pem-"));
  try {
    const { privateKey } = generateKeys();
    const path = join(dir, "signing.pem");
    await writeFile(path, privateKey);
    for (const given of [privateKey, privateKey.replaceAll("\n", "\\n"), path]) {
      expect(readSigningKey(await pemText(given)).type).toBe("private");
    }
    await expect(pemText(join(dir, "absent.pem"))).rejects.toThrow("ENOENT");
  } finally {
    await rm(dir, { recursive: true });
  }
});
