import { expect, test } from "@jest/globals";
import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { tempDir } from "@plimsoll/testing";
import { hashFile } from "./hash-file.ts";

test.each([0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000])(
  "the digest of %d bytes is SHA-256's",
  async (size) => {
    await using dir = await tempDir();
    const bytes = randomBytes(size);
    await writeFile(dir.join("a"), bytes);
    const seen: number[] = [];
    const digest = await hashFile(dir.join("a"), { onProgress: (count) => seen.push(count) });
    expect(digest).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(seen.at(-1) ?? 0).toBe(size);
  },
);
