import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";

import { bytesSource } from "../bytes-source.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { assertBytes, assertRefused } from "./expectation.ts";
import { patternBytes } from "./pattern-bytes.ts";
import { assertStored } from "./writing.ts";

const key = "models/m/v1.0.0/weights.onnx";

/** Optional powers: what is there works. `swap` and `multipart` stand with the races and the failed writes. */
export const powers: readonly ConformanceCase[] = [
  {
    name: "copy gives the same bytes under another key and leaves the first",
    access: "write",
    needs: (driver) => driver.copy !== undefined,
    async run({ driver, largeBytes }) {
      const copy = driver.copy ?? assert.fail("no copy");
      for (const bytes of [
        new Uint8Array(0),
        patternBytes(3000, 61),
        patternBytes(largeBytes, 62),
      ]) {
        const sha256 = createHash("sha256").update(bytes).digest("hex");
        await driver.write(key, bytesSource(bytes, "bytes"), { sha256 });
        const copied = await copy(key, "latest/weights.onnx");
        assert.equal(copied.key, "latest/weights.onnx");
        assert.equal(copied.size, bytes.byteLength);
        await assertStored(driver, "latest/weights.onnx", bytes);
        await assertStored(driver, key, bytes);
      }
    },
  },
  {
    name: "copy with onlyIfAbsent refuses a taken key, and an absent source is E_NOT_FOUND",
    access: "write",
    needs: (driver) => driver.copy !== undefined,
    async run({ driver }) {
      const copy = driver.copy ?? assert.fail("no copy");
      await driver.write("a/1", bytesSource(Buffer.from("one"), "1"));
      await driver.write("a/2", bytesSource(Buffer.from("two"), "2"));
      await assertRefused(copy("a/1", "a/2", { onlyIfAbsent: true }), "E_EXISTS", "taken");
      await assertStored(driver, "a/2", Buffer.from("two"));
      await assertRefused(copy("a/absent", "a/3"), "E_NOT_FOUND", "absent");
      assert.equal(await driver.stat("a/3"), undefined);
      await copy("a/1", "a/3", { onlyIfAbsent: true });
      await assertStored(driver, "a/3", Buffer.from("one"));
    },
  },
  {
    name: "a presigned GET gives the bytes to a stranger",
    access: "write",
    needs: (driver) => driver.presign !== undefined,
    async run({ driver }) {
      const presign = driver.presign ?? assert.fail("no presign");
      const bytes = patternBytes(5000, 63);
      await driver.write(key, bytesSource(bytes, "bytes"));
      const request = await presign(key, { expiresInSeconds: 60 });
      assert.equal(request.method, "GET");
      const answer = await fetch(request.url, { headers: request.headers });
      assert.equal(answer.status, 200);
      assertBytes(new Uint8Array(await answer.arrayBuffer()), bytes, "presigned");
      const ranged = { ...request.headers, range: "bytes=10-19" };
      const part = await fetch(request.url, { headers: ranged });
      assert.equal(part.status, 206);
      assertBytes(new Uint8Array(await part.arrayBuffer()), bytes.subarray(10, 20), "range");
    },
  },
  {
    name: "a presigned PUT stores the bytes that it is bound to and refuses others",
    access: "write",
    needs: (driver) => driver.presign !== undefined,
    async run({ driver }) {
      const presign = driver.presign ?? assert.fail("no presign");
      const body = Buffer.from(patternBytes(2000, 64));
      const sha256 = createHash("sha256").update(body).digest("hex");
      const { url, method, headers } = await presign(key, {
        method: "PUT",
        expiresInSeconds: 60,
        sha256,
      });
      const other = Buffer.from(patternBytes(2000, 65));
      const refused = await fetch(url, { method, headers, body: other });
      assert.ok(refused.status >= 400 && refused.status < 500, `status ${refused.status}`);
      assert.equal(await driver.stat(key), undefined);
      const taken = await fetch(url, { method, headers, body });
      assert.ok(taken.ok, `status ${taken.status}: ${await taken.text()}`);
      await assertStored(driver, key, body);
    },
  },
];
