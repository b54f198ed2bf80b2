import { strict as assert } from "node:assert";

import { bytesSource } from "../bytes-source.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { assertBytes, assertRefused, collect } from "./expectation.ts";
import { fixtureKeys } from "./fixture.ts";

const badKeys = [
  "",
  "/",
  "../x",
  "a/../x",
  "a/./x",
  "/etc/passwd",
  "a//b",
  "a/",
  "C:\\x",
  "a\\b",
  ".hidden",
  "a\u0000b",
  "a\nb",
  "a b",
  "é",
  "%2e%2e/x",
  "con",
  "a.",
  "x".repeat(101),
  Array.from({ length: 13 }, () => "s").join("/"),
];

/** Keys mean the same everywhere: the legal ones all work, the others never leave this process (rows M1-M7). */
export const keys: readonly ConformanceCase[] = [
  {
    name: "M1-M7: a bad key is E_PATH from every method and never reaches the host",
    access: "read",
    async run({ driver, requests }) {
      const before = requests?.();
      const good = fixtureKeys.text;
      const nothing = bytesSource(new Uint8Array(0), "nothing");
      for (const key of badKeys) {
        const what = JSON.stringify(key).slice(0, 60);
        await assertRefused(driver.stat(key), "E_PATH", `stat ${what}`);
        await assertRefused(driver.read(key), "E_PATH", `read ${what}`);
        await assertRefused(driver.write(key, nothing), "E_PATH", `write ${what}`);
        await assertRefused(driver.remove(key), "E_PATH", `remove ${what}`);
        const locate = async (): Promise<string> => driver.locate(key);
        await assertRefused(locate(), "E_PATH", `locate ${what}`);
        const { copy, swap, presign } = driver;
        if (copy) {
          await assertRefused(copy(key, "a/b"), "E_PATH", `copy from ${what}`);
          await assertRefused(copy(good, key), "E_PATH", `copy to ${what}`);
        }
        const change = swap?.(key, Buffer.from("x"), { expected: null });
        if (change) await assertRefused(change, "E_PATH", `swap ${what}`);
        const signing = presign?.(key, { expiresInSeconds: 60 });
        if (signing) await assertRefused(signing, "E_PATH", `presign ${what}`);
      }
      assert.equal(requests?.(), before, "requests that reached the host");
    },
  },
  {
    name: "M1-M7: a bad prefix is E_PATH from list and never reaches the host",
    access: "list",
    async run({ driver, requests }) {
      const before = requests?.();
      for (const prefix of ["/", "../", "a//", "a/../", ".x", "a\u0000", "a b"]) {
        const listing = async (): Promise<void> => {
          for await (const entry of driver.list(prefix)) assert.fail(entry.key);
        };
        await assertRefused(listing(), "E_PATH", `list ${JSON.stringify(prefix)}`);
      }
      assert.equal(requests?.(), before, "requests that reached the host");
    },
  },
  {
    name: "a key may use every legal character, a segment of 100 and twelve segments",
    access: "write",
    async run({ driver }) {
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ/abcdefghijklmnopqrstuvwxyz/0123456789";
      const legal = [
        `${alphabet}/x._+@-y`,
        "a+b@c_d-e.f/1+1@2",
        "a..b/c--d",
        "x".repeat(100),
        Array.from({ length: 12 }, (_, index) => `s${index}`).join("/"),
      ];
      for (const key of legal) {
        const bytes = Buffer.from(`content of ${key}`);
        assert.equal((await driver.write(key, bytesSource(bytes, key))).key, key);
        assert.equal((await driver.stat(key))?.size, bytes.byteLength, key);
        assertBytes(await collect((await driver.read(key)).body), bytes, key);
      }
      const found: string[] = [];
      for await (const entry of driver.list("")) found.push(entry.key);
      assert.deepEqual(found.sort(), [...legal].sort());
    },
  },
];
