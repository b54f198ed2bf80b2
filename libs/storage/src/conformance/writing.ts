import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";

import { bytesSource } from "../bytes-source.ts";
import type { Driver } from "../driver.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { assertBytes, assertRefused, chunkedSource, collect } from "./expectation.ts";
import { patternBytes } from "./pattern-bytes.ts";

const key = "models/m/v1.0.0/weights.onnx";

/** What every driver that can be written promises where nothing fails. */
export const writing: readonly ConformanceCase[] = [
  {
    name: "what was written can be read, and is replaced by the next write",
    access: "write",
    async run({ driver }) {
      const first = patternBytes(1000, 1);
      const second = patternBytes(700, 2);
      const written = await driver.write(key, bytesSource(first, "first"));
      assert.equal(written.key, key);
      assert.equal(written.size, first.byteLength);
      await assertStored(driver, key, first);
      assert.equal((await driver.stat(key))?.etag, written.etag, "the token of the write");
      const replaced = await driver.write(key, bytesSource(second, "second"));
      await assertStored(driver, key, second);
      assert.notEqual(replaced.etag, written.etag, "another content, another token");
    },
  },
  {
    name: "an empty object and all 256 values of a byte come back",
    access: "write",
    async run({ driver }) {
      const bytes = Uint8Array.from({ length: 1024 }, (_, index) => index % 256);
      await driver.write("a/empty", bytesSource(new Uint8Array(0), "nothing"));
      await driver.write("a/bytes", bytesSource(bytes, "bytes"));
      await assertStored(driver, "a/empty", new Uint8Array(0));
      await assertStored(driver, "a/bytes", bytes);
    },
  },
  {
    name: "a large object in many chunks arrives whole, reports its progress and gives ranges",
    access: "write",
    async run({ driver, largeBytes }) {
      const bytes = patternBytes(largeBytes, 5);
      const progress: number[] = [];
      const onProgress = (sent: number): void => void progress.push(sent);
      const written = await driver.write(key, chunkedSource(bytes), { onProgress });
      assert.equal(written.size, bytes.byteLength);
      assert.equal(progress.at(-1), bytes.byteLength, "the last report is the size");
      assert.ok(progress.length > 1, "more than one report");
      assert.ok(progress.every((sent) => sent > 0 && sent <= bytes.byteLength));
      await assertStored(driver, key, bytes);
      const [start, end] = [bytes.byteLength - 70_000, bytes.byteLength - 1];
      const { body } = await driver.read(key, { start, end });
      assertBytes(await collect(body), bytes.subarray(start, end), "range");
    },
  },
  {
    name: "a right sha256 passes, and a host that states a digest states that one",
    access: "write",
    async run({ driver }) {
      for (const bytes of [patternBytes(500, 6), patternBytes(200_000, 7)]) {
        const sha256 = createHash("sha256").update(bytes).digest("hex");
        const written = await driver.write(key, bytesSource(bytes, "bytes"), { sha256 });
        const stat = await driver.stat(key);
        for (const stated of [written.sha256, stat?.sha256]) {
          if (stated !== undefined) assert.equal(stated, sha256);
        }
        await assertStored(driver, key, bytes);
      }
    },
  },
  {
    name: "user metadata comes back where the host keeps it, content type and caching are taken",
    access: "write",
    async run({ driver }) {
      const metadata = { release: "v1.0.0", "note-1": "a b" };
      const cacheControl = "public, max-age=31536000, immutable";
      const options = { metadata, contentType: "application/json", cacheControl };
      await driver.write("a/m.json", bytesSource(Buffer.from("{}"), "json"), options);
      const stat = await driver.stat("a/m.json");
      assert.ok(stat);
      for (const [name, value] of Object.entries(stat.metadata === undefined ? {} : metadata)) {
        assert.equal(stat.metadata?.[name], value, name);
      }
      await assertStored(driver, "a/m.json", Buffer.from("{}"));
    },
  },
  {
    name: "onlyIfAbsent creates once, then says E_EXISTS and changes nothing",
    access: "write",
    async run({ driver }) {
      const first = patternBytes(300, 8);
      const write = (seed: number): Promise<unknown> =>
        driver.write(key, bytesSource(patternBytes(300, seed), "x"), { onlyIfAbsent: true });
      await write(8);
      await assertRefused(write(9), "E_EXISTS", "other bytes");
      await assertRefused(write(8), "E_EXISTS", "the same bytes");
      await assertStored(driver, key, first);
    },
  },
  {
    name: "remove takes one object, an absent one is no error, and its key is free again",
    access: "write",
    async run({ driver }) {
      const near = ["a/x", "a/x.bak", "a/xy", "b/x"];
      for (const name of near) await driver.write(name, bytesSource(Buffer.from(name), name));
      await driver.remove("a/x");
      await driver.remove("a/x");
      await driver.remove("never/was");
      assert.equal(await driver.stat("a/x"), undefined);
      await assertRefused(driver.read("a/x"), "E_NOT_FOUND", "read");
      const left: string[] = [];
      for await (const entry of driver.list("")) left.push(entry.key);
      assert.deepEqual(left.sort(), ["a/x.bak", "a/xy", "b/x"]);
      await driver.remove("b/x");
      const shallow: string[] = [];
      for await (const entry of driver.list("", { depth: "shallow" })) shallow.push(entry.key);
      assert.deepEqual(shallow, ["a/"], "no prefix without an object");
      await driver.write("b/x", bytesSource(Buffer.from("again"), "x"), { onlyIfAbsent: true });
      await assertStored(driver, "b/x", Buffer.from("again"));
    },
  },
  {
    name: "many objects written at once all arrive",
    access: "write",
    async run({ driver, writers }) {
      const names = Array.from({ length: writers }, (_, index) => `many/d${index % 3}/f${index}`);
      await Promise.all(
        names.map((name) => driver.write(name, bytesSource(Buffer.from(name), name))),
      );
      for (const name of names) await assertStored(driver, name, Buffer.from(name));
    },
  },
];

/** The object at a key has these bytes, by stat and by read. */
export async function assertStored(driver: Driver, at: string, bytes: Uint8Array): Promise<void> {
  assert.equal((await driver.stat(at))?.size, bytes.byteLength, `${at}: size`);
  assertBytes(await collect((await driver.read(at)).body), bytes, at);
}
