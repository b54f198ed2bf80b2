import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";

import type { ByteSource } from "../byte-source.ts";
import { bytesSource } from "../bytes-source.ts";
import type { Driver } from "../driver.ts";
import type { ConformanceCase, ConformanceContext } from "./conformance-case.ts";
import { assertAborted, assertRefused, chunkedSource } from "./expectation.ts";
import { patternBytes } from "./pattern-bytes.ts";
import { assertStored } from "./writing.ts";

const key = "models/m/v1.0.0/weights.onnx";
const old = patternBytes(5000, 11);

/** A write that fails leaves nothing to be seen: neither a new object nor a changed one (I1, I2). */
export const failedWrites: readonly ConformanceCase[] = [
  {
    name: "a wrong sha256 is E_DIGEST and stores nothing",
    access: "write",
    async run(context) {
      const sha256 = createHash("sha256").update("something else").digest("hex");
      for (const size of [0, 400, context.largeBytes]) {
        const source = bytesSource(patternBytes(size, 12), "bytes");
        await assertNothingStored(context, async () => {
          await assertRefused(context.driver.write(key, source, { sha256 }), "E_DIGEST", `${size}`);
        });
      }
    },
  },
  {
    name: "a source that fails half-way stores nothing",
    access: "write",
    async run(context) {
      const { largeBytes, driver } = context;
      const act = (): never => {
        throw new Error("the disk of the source broke");
      };
      for (const atOffset of [0, largeBytes / 2]) {
        const source = chunkedSource(patternBytes(largeBytes, 13), { atOffset, act });
        await assertNothingStored(context, () => assert.rejects(driver.write(key, source)));
      }
    },
  },
  {
    name: "a source of another length than it says stores nothing",
    access: "write",
    async run(context) {
      const { driver, largeBytes } = context;
      for (const size of [900, largeBytes]) {
        const bytes = patternBytes(size, 14);
        for (const said of [size - 1, size + 1]) {
          const source = { ...chunkedSource(bytes), size: said, open: lyingOpen(bytes, said) };
          await assertNothingStored(context, () => assert.rejects(driver.write(key, source)));
        }
      }
    },
  },
  {
    name: "a signal ends a write, also while its source waits, and stores nothing",
    access: "write",
    async run(context) {
      const { driver, largeBytes } = context;
      const bytes = patternBytes(largeBytes, 15);
      const fired = AbortSignal.abort();
      await assertNothingStored(context, () =>
        assertAborted(driver.write(key, bytesSource(bytes, "x"), { signal: fired }), fired),
      );
      await assertNothingStored(context, async () => {
        const stop = new AbortController();
        const act = (): Promise<void> => {
          setImmediate(() => stop.abort());
          return new Promise(() => undefined);
        };
        const source = chunkedSource(bytes, { atOffset: largeBytes / 2, act });
        const { signal } = stop;
        await assertAborted(driver.write(key, source, { signal }), signal);
      });
    },
  },
  {
    name: "S4: a failed write leaves no unfinished upload",
    access: "write",
    needs: (driver) => driver.multipart !== undefined,
    async run(context) {
      const { driver, largeBytes } = context;
      const act = (): never => {
        throw new Error("the source broke");
      };
      const source = chunkedSource(patternBytes(largeBytes, 16), { atOffset: largeBytes / 2, act });
      await assert.rejects(driver.write(key, source));
      const found: string[] = [];
      for await (const upload of driver.multipart?.unfinished("") ?? []) found.push(upload.key);
      assert.deepEqual(found, []);
    },
  },
  {
    name: "S4: an upload that a crash left is no object, is found by its prefix and can be aborted",
    access: "write",
    needs: (driver) => driver.multipart !== undefined,
    async run({ driver, beginUpload }) {
      const { multipart } = driver;
      assert.ok(multipart);
      assert.ok(beginUpload, "the maker of a driver with multipart gives beginUpload");
      await beginUpload(key);
      await beginUpload("other/weights.onnx");
      assert.equal(await driver.stat(key), undefined);
      await assertListed(driver, []);
      for (const [prefix, expected] of [
        ["models/m/", [key]],
        ["models/x", []],
        ["", [key, "other/weights.onnx"]],
      ] as const) {
        const found: string[] = [];
        for await (const upload of multipart.unfinished(prefix)) found.push(upload.key);
        assert.deepEqual(found.sort(), expected, `below "${prefix}"`);
      }
      for await (const upload of multipart.unfinished("models/")) await multipart.abort(upload);
      const left: string[] = [];
      for await (const upload of multipart.unfinished("")) left.push(upload.key);
      assert.deepEqual(left, ["other/weights.onnx"]);
    },
  },
];

/** Runs `act` on a free and on a taken key: neither shows a trace. Conditional writes included. */
async function assertNothingStored(
  { driver }: ConformanceContext,
  act: () => Promise<void>,
): Promise<void> {
  await driver.remove(key);
  await act();
  assert.equal(await driver.stat(key), undefined, "nothing under a free key");
  await assertListed(driver, []);
  await driver.write(key, bytesSource(old, "old"));
  await act();
  await assertStored(driver, key, old);
  await assertListed(driver, [key]);
}

async function assertListed(driver: Driver, expected: readonly string[]): Promise<void> {
  const found: string[] = [];
  for await (const entry of driver.list("")) found.push(entry.key);
  assert.deepEqual(found, expected);
}

/** Gives all the bytes there are, and one more where more was said than there is nothing. */
function lyingOpen(bytes: Uint8Array, said: number): ByteSource["open"] {
  return async function* (start = 0, end = said) {
    // Whoever asks for everything gets what there is; a part of an upload is cut out of that.
    const stop = end === said ? bytes.byteLength : end;
    if (stop > start) yield bytes.subarray(start, stop);
  };
}
