import { strict as assert } from "node:assert";

import { bytesSource } from "../bytes-source.ts";
import { parseStoreUrl } from "../parse-store-url.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { assertAborted, assertBytes, assertRefused, collect } from "./expectation.ts";
import { absentKey, fixtureKeys } from "./fixture.ts";

/** What every driver promises about reading. */
export const reading: readonly ConformanceCase[] = [
  {
    name: "its url names its kind and holds no secret",
    access: "read",
    async run({ driver }) {
      assert.equal(parseStoreUrl(driver.url).kind, driver.kind);
    },
  },
  {
    name: "stat gives key and size of every object, and the token that read gives",
    access: "read",
    async run({ driver, fixture }) {
      for (const [key, bytes] of fixture) {
        const stat = await driver.stat(key);
        assert.ok(stat, `${key} is there`);
        assert.equal(stat.key, key);
        assert.equal(stat.size, bytes.byteLength);
        assert.ok(stat.etag, `${key} has an etag`);
        const { stat: again, body } = await driver.read(key);
        await collect(body);
        assert.equal(again.etag, stat.etag, `${key}: the same token from stat and read`);
      }
    },
  },
  {
    name: "an absent key is undefined from stat and E_NOT_FOUND from read",
    access: "read",
    async run({ driver }) {
      for (const key of [absentKey, "models/m", "models/m/v1.0.0", `${fixtureKeys.top}/x`]) {
        assert.equal(await driver.stat(key), undefined, key);
        await assertRefused(driver.read(key), "E_NOT_FOUND", key);
        await assertRefused(driver.read(key, { start: 1, end: 2 }), "E_NOT_FOUND", key);
      }
    },
  },
  {
    name: "read gives the very bytes: text, all 256 values, none at all, many",
    access: "read",
    async run({ driver, fixture }) {
      for (const [key, bytes] of fixture) {
        const { stat, body } = await driver.read(key);
        assert.equal(stat.key, key);
        assert.equal(stat.size, bytes.byteLength);
        assertBytes(await collect(body), bytes, key);
      }
    },
  },
  {
    name: "a range gives its bytes, and the stat of the whole",
    access: "read",
    async run({ driver, fixture }) {
      const key = fixtureKeys.large;
      const bytes = fixture.get(key) ?? assert.fail("no fixture");
      const size = bytes.byteLength;
      const ranges: readonly (readonly [number, number | undefined])[] = [
        [0, 1],
        [size - 1, size],
        [size - 1, undefined],
        [0, size],
        [0, undefined],
        [1, size - 1],
        [65_535, 65_537],
        [131_072, undefined],
        [0, 0],
        [77, 77],
        [size, size],
      ];
      for (const [start, end] of ranges) {
        const { stat, body } = await driver.read(
          key,
          end === undefined ? { start } : { start, end },
        );
        assert.equal(stat.size, size, `${start}-${end}: size of the whole`);
        assertBytes(await collect(body), bytes.subarray(start, end), `${start} to ${end}`);
      }
      const tail = await driver.read(key, { end: 3 });
      assertBytes(await collect(tail.body), bytes.subarray(0, 3), "without a start");
    },
  },
  {
    name: "a range beyond the end, backwards or of no numbers is E_RANGE",
    access: "read",
    async run({ driver, fixture }) {
      const key = fixtureKeys.binary;
      const size = fixture.get(key)?.byteLength ?? 0;
      const refused: readonly { readonly start?: number; readonly end?: number }[] = [
        { start: 0, end: size + 1 },
        { end: size + 1 },
        { start: size },
        { start: size + 1 },
        { start: size + 10, end: size + 20 },
        { start: 5, end: 4 },
        { start: -1 },
        { start: 0.5 },
        { start: 0, end: Number.NaN },
      ];
      for (const range of refused) {
        await assertRefused(readAll(driver.read(key, range)), "E_RANGE", JSON.stringify(range));
      }
      await assertRefused(
        readAll(driver.read(fixtureKeys.empty, { start: 1 })),
        "E_RANGE",
        "empty",
      );
    },
  },
  {
    name: "ifMatch reads the object that was seen and refuses another with E_CONFLICT",
    access: "read",
    async run({ driver, fixture }) {
      const key = fixtureKeys.text;
      const seen = await driver.stat(key);
      const other = await driver.stat(fixtureKeys.sibling);
      assert.ok(seen?.etag && other?.etag);
      const { body } = await driver.read(key, { ifMatch: seen.etag });
      assertBytes(await collect(body), fixture.get(key) ?? assert.fail("no fixture"), key);
      await assertRefused(readAll(driver.read(key, { ifMatch: other.etag })), "E_CONFLICT", key);
      const range = { start: 1, end: 2, ifMatch: other.etag };
      await assertRefused(readAll(driver.read(key, range)), "E_CONFLICT", "range");
    },
  },
  {
    name: "a body that is left early leaves the store usable, and reads do not disturb each other",
    access: "read",
    async run({ driver, fixture }) {
      const key = fixtureKeys.large;
      for (let round = 0; round < 4; round += 1) {
        for await (const part of (await driver.read(key)).body) {
          assert.ok(part.byteLength > 0);
          break;
        }
      }
      await Promise.all(
        [...fixture, ...fixture].map(async ([name, bytes]) => {
          assertBytes(await collect((await driver.read(name)).body), bytes, name);
        }),
      );
    },
  },
  {
    name: "a signal ends stat, read and a body that is on its way",
    access: "read",
    async run({ driver }) {
      const fired = AbortSignal.abort();
      await assertAborted(driver.stat(fixtureKeys.large, { signal: fired }), fired);
      await assertAborted(driver.read(fixtureKeys.large, { signal: fired }), fired);
      const stop = new AbortController();
      const { body } = await driver.read(fixtureKeys.large, { signal: stop.signal });
      const reading = async (): Promise<void> => {
        for await (const part of body) if (part.byteLength > 0) stop.abort();
      };
      await assertAborted(reading(), stop.signal);
    },
  },
  {
    name: "locate gives one URL a key, of a form that others can use",
    access: "read",
    async run({ driver, fixture, readLocated }) {
      const urls = new Set<string>();
      for (const [key, bytes] of fixture) {
        const url = new URL(driver.locate(key));
        assert.ok(/^(?:https?|file|s3|gs):$/.test(url.protocol), url.protocol);
        assert.equal(`${url.username}${url.password}`, "", "no user in a URL");
        urls.add(url.href);
        if (readLocated) assertBytes(await readLocated(url.href), bytes, url.href);
      }
      assert.equal(urls.size, fixture.size);
      assert.doesNotThrow(() => driver.locate(absentKey), "the key need not exist");
    },
  },
  {
    name: "a store that cannot be written says E_AUTH",
    access: "refuse-write",
    async run({ driver }) {
      const source = bytesSource(new Uint8Array(0), "nothing");
      await assertRefused(driver.write(absentKey, source), "E_AUTH", "write");
      await assertRefused(driver.remove(fixtureKeys.text), "E_AUTH", "remove");
      for (const power of ["copy", "swap", "multipart"] as const) {
        assert.equal(driver[power], undefined, power);
      }
      assert.ok(await driver.stat(fixtureKeys.text), "still there");
    },
  },
  {
    name: "a store that cannot list says E_AUTH",
    access: "refuse-list",
    async run({ driver }) {
      const listing = async (): Promise<void> => {
        for await (const entry of driver.list("")) assert.fail(entry.key);
      };
      await assertRefused(listing(), "E_AUTH", "list");
    },
  },
];

async function readAll(read: Promise<{ body: AsyncIterable<Uint8Array> }>): Promise<Uint8Array> {
  return collect((await read).body);
}
