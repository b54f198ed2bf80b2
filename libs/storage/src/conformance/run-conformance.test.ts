import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";

import { bytesSource } from "../bytes-source.ts";
import type { Driver } from "../driver.ts";
import { openStore } from "../open-store.ts";
import { runConformance, type RunConformanceOptions } from "./run-conformance.ts";

type Break = (driver: Driver) => { [K in keyof Driver]?: Driver[K] | undefined };

/** Registers the suite for a folder store with one defect; the cases as they came, none run yet. */
async function register(broken: Break, options: Partial<RunConformanceOptions> = {}) {
  const cases: { name: string; run: () => Promise<void> }[] = [];
  const skipped: string[] = [];
  const collect = (name: string, run: () => Promise<void>): void => void cases.push({ name, run });
  const skip = (name: string): void => void skipped.push(name);
  await runConformance(
    async () => {
      const dir = await tempDir();
      const driver = await openStore(dir.path);
      return { driver: { ...driver, ...broken(driver) } as Driver, dispose: dir.remove };
    },
    { test: Object.assign(collect, { skip }), writers: 4, largeBytes: 600_000, ...options },
  );
  return { cases, skipped };
}

/** Whether the case that should find the defect does. The folder store itself passes it, see drivers/file.test.ts. */
async function isFound(broken: Break, name: RegExp): Promise<boolean> {
  const { cases } = await register(broken);
  const meant = cases.filter((one) => name.test(one.name));
  expect(meant).toHaveLength(1);
  return (
    meant[0]?.run().then(
      () => false,
      () => true,
    ) ?? false
  );
}

const bytesOf = async (body: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
};

test.each<[string, Break, RegExp]>([
  [
    "forgets onlyIfAbsent",
    ({ write }) => ({
      write: (key, source, options) => write(key, source, { ...options, onlyIfAbsent: false }),
    }),
    /onlyIfAbsent creates once/,
  ],
  [
    "looks before it writes instead of creating",
    ({ write, stat }) => ({
      async write(key, source, options) {
        if (options?.onlyIfAbsent && (await stat(key))) return write(key, source, options);
        return write(key, source, { ...options, onlyIfAbsent: false });
      },
    }),
    /S1: of many writers/,
  ],
  [
    "ignores ranges",
    ({ read }) => ({
      read: (key, options) => read(key, options?.signal ? { signal: options.signal } : {}),
    }),
    /a range gives its bytes/,
  ],
  [
    "gives a short range as if it were whole",
    ({ read, stat }) => ({
      async read(key, options) {
        const size = (await stat(key))?.size ?? 0;
        const end = Math.min(options?.end ?? size, size);
        return read(key, { ...options, end: Math.max(end, options?.start ?? 0) });
      },
    }),
    /beyond the end/,
  ],
  [
    "does not check the digest",
    ({ write }) => ({
      write(key, source, options) {
        const { signal } = options ?? {};
        return write(key, source, signal === undefined ? {} : { signal });
      },
    }),
    /a wrong sha256 is E_DIGEST/,
  ],
  [
    "keeps what a failed write began",
    ({ write }) => ({
      async write(key, source, options) {
        try {
          return await write(key, source, options);
        } catch (error) {
          await write(key, bytesSource(Buffer.from("half"), "half"));
          throw error;
        }
      },
    }),
    /a source that fails half-way stores nothing/,
  ],
  [
    "swaps whatever stands there",
    ({ swap, stat }) => ({
      async swap(key, bytes, options) {
        const expected = (await stat(key))?.etag ?? null;
        return (swap as NonNullable<Driver["swap"]>)(key, bytes, { ...options, expected });
      },
    }),
    /swap creates, replaces what was read/,
  ],
  [
    "lists by whole segments",
    ({ list }) => ({
      list: (prefix, options) =>
        list(prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`, options),
    }),
    /list gives every object below a prefix/,
  ],
  [
    "leaves the checking of keys to the host",
    ({ stat }) => ({ stat: (key) => stat(key.replace(/^\/|[^\w./-]/g, "x")) }),
    /a bad key is E_PATH/,
  ],
  [
    "drops the last byte",
    ({ read }) => ({
      async read(key, options) {
        const { stat, body } = await read(key, options);
        const bytes = await bytesOf(body);
        return {
          stat,
          body: (async function* () {
            yield bytes.subarray(0, -1);
          })(),
        };
      },
    }),
    /read gives the very bytes/,
  ],
])(
  "a driver that %s is found",
  async (_, broken, name) => {
    expect(await isFound(broken, name)).toBe(true);
  },
  30_000,
);

test("powers that are absent and named exceptions are skipped, visibly", async () => {
  const withoutSwap: Break = () => ({ swap: undefined });
  const excepted =
    "user metadata comes back where the host keeps it, content type and caching are taken";
  const { cases, skipped } = await register(withoutSwap, {
    except: { [excepted]: "no such host" },
  });
  expect(skipped).toContain(`${excepted} (no such host)`);
  expect(skipped.filter((name) => name.startsWith("S7"))).toHaveLength(2);
  expect(cases.map(({ name }) => name)).not.toContain(excepted);
  await expect(register(withoutSwap, { except: { "no such case": "x" } })).rejects.toThrow(
    /no such case/,
  );
});

test("a read-only store is given the reading part alone", async () => {
  const { cases } = await register(() => ({}), { readOnly: true, noList: true });
  expect(cases.map(({ name }) => name)).toContain("a store that cannot be written says E_AUTH");
  expect(cases.filter(({ name }) => /list gives|onlyIfAbsent|swap/.test(name))).toEqual([]);
});
