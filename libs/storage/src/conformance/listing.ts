import { strict as assert } from "node:assert";

import type { Driver, ListEntry, ListOptions } from "../driver.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { assertAborted } from "./expectation.ts";

/** What every driver that lists promises about it. */
export const listing: readonly ConformanceCase[] = [
  {
    name: "list gives every object below a prefix once, with its size",
    access: "list",
    async run({ driver, fixture }) {
      for (const prefix of [
        "",
        "models/",
        "models/m/",
        "models/m",
        "models/m/v1.0.0/",
        "models/m/v1.0.0",
        "models/m/v1.0.1/empty.txt",
        "read",
      ]) {
        const expected = [...fixture].filter(([key]) => key.startsWith(prefix));
        const found = await all(driver, prefix);
        assert.deepEqual(
          found.map(({ key }) => key).sort(),
          expected.map(([key]) => key).sort(),
          `below "${prefix}"`,
        );
        for (const entry of found) {
          assert.ok(entry.type === "object", entry.key);
          assert.equal(entry.size, fixture.get(entry.key)?.byteLength, entry.key);
        }
      }
    },
  },
  {
    name: "a shallow list names what lies deeper once, as a prefix",
    access: "list",
    async run({ driver }) {
      const shallow = async (prefix: string): Promise<readonly string[]> =>
        (await all(driver, prefix, { depth: "shallow" }))
          .map((entry) => `${entry.type} ${entry.key}`)
          .sort();
      assert.deepEqual(await shallow(""), ["object readme.txt", "prefix models/"]);
      assert.deepEqual(await shallow("models/"), ["prefix models/m/", "prefix models/mm/"]);
      assert.deepEqual(await shallow("models/m"), ["prefix models/m/", "prefix models/mm/"]);
      assert.deepEqual(await shallow("models/m/v1.0.0"), [
        "prefix models/m/v1.0.0-beta/",
        "prefix models/m/v1.0.0/",
      ]);
      assert.deepEqual(await shallow("models/m/v1.0.1/"), ["object models/m/v1.0.1/empty.txt"]);
    },
  },
  {
    name: "a prefix that nothing has lists nothing",
    access: "list",
    async run({ driver }) {
      for (const prefix of ["nothing", "nothing/", "models/m/v9/", "readme.txt/"]) {
        assert.deepEqual(await all(driver, prefix), [], prefix);
        assert.deepEqual(await all(driver, prefix, { depth: "shallow" }), [], prefix);
      }
    },
  },
  {
    name: "a list can be left early, and a signal ends it",
    access: "list",
    async run({ driver }) {
      for await (const entry of driver.list("")) {
        assert.ok(entry.key.length > 0);
        break;
      }
      const fired = AbortSignal.abort();
      await assertAborted(all(driver, "", { signal: fired }), fired);
    },
  },
];

async function all(driver: Driver, prefix: string, options?: ListOptions): Promise<ListEntry[]> {
  const entries: ListEntry[] = [];
  for await (const entry of driver.list(prefix, options)) entries.push(entry);
  return entries;
}
