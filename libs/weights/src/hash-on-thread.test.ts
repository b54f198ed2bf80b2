import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { hashOnThread } from "./hash-on-thread.ts";
import { noise } from "./testing/noise.ts";

test("the digest is that of the bytes, and progress is told", async () => {
  await using dir = await tempDir();
  const bytes = noise(20_000_001);
  await writeFile(dir.join("a"), bytes);
  const told: number[] = [];
  const sha256 = await hashOnThread(dir.join("a"), { onProgress: (read) => told.push(read) });
  expect(sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  expect(told.at(-1)).toBe(bytes.length);
  expect(told.length).toBeGreaterThan(1);
});

test("a file that cannot be read is told as such", async () => {
  await using dir = await tempDir();
  await expect(hashOnThread(dir.join("none"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("the signal ends it", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("a"), noise(20_000_000));
  const stop = new AbortController();
  const onProgress = (): void => stop.abort(new Error("enough"));
  const running = hashOnThread(dir.join("a"), { signal: stop.signal, onProgress });
  await expect(running).rejects.toThrow("enough");
  await expect(hashOnThread(dir.join("a"), { signal: stop.signal })).rejects.toThrow("enough");
});
