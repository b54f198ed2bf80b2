import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "@jest/globals";

import { openStore } from "../open-store.ts";
import { storeOptions } from "../store-option.ts";
import { drivers } from "./index.ts";

const kinds = Object.entries(drivers);

test.each(kinds)("%s has its file, its page and its options", async (kind, load) => {
  for (const path of [`./${kind}.ts`, `../../../../docs/how-to/store-${kind}.md`]) {
    expect([path, existsSync(fileURLToPath(new URL(path, import.meta.url)))]).toEqual([path, true]);
  }
  expect(storeOptions).toHaveProperty(kind);
  expect(typeof (await load())).toBe("function");
});

test.each([
  ["./store", "file"],
  ["https://models.example.com/w", "http"],
])("%s opens the %s driver, whose url opens it again", async (url, kind) => {
  const driver = await openStore(url, { cwd: "/tmp" });
  expect(driver.kind).toBe(kind);
  const again = await openStore(driver.url);
  expect(again.url).toBe(driver.url);
  await driver.close();
  await again.close();
});

test("http to another machine takes allowHttp, as a store and as an option", async () => {
  for (const url of ["http://192.0.2.1/w", "s3://bucket?endpoint=http://192.0.2.1"]) {
    await expect(openStore(url)).rejects.toMatchObject({ code: "E_USAGE" });
  }
  const driver = await openStore("http://192.0.2.1/w", { allowHttp: true });
  expect(driver.kind).toBe("http");
  await driver.close();
});

test("a signal that has fired opens nothing", async () => {
  await expect(openStore("./store", { signal: AbortSignal.abort("gone") })).rejects.toBe("gone");
});
