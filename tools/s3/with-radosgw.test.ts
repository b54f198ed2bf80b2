import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { expect, test } from "@jest/globals";

const script = fileURLToPath(new URL("with-radosgw.mjs", import.meta.url));

/** Runs the script on a machine that has no programs at all. */
function runBare(env: Readonly<Record<string, string>>) {
  const bare = { PATH: "/nonexistent", ...env };
  return spawnSync(process.execPath, [script, "--", "true"], { env: bare, encoding: "utf8" });
}

test("without a radosgw it says so and how to get one; that is a failure in CI only", () => {
  const atHome = runBare({});
  expect(atHome.stderr).toMatch(/^skipped: no radosgw .*apt-get install/s);
  expect(atHome.status).toBe(0);
  const inCi = runBare({ CI: "true" });
  expect(inCi.stderr).toContain("skipped: no radosgw");
  expect(inCi.status).toBe(1);
});

test("the server listens on loopback and keeps its files in one folder", async () => {
  const module = new URL("ceph-conf.mjs", import.meta.url).href;
  const { cephConf } = (await import(module)) as { cephConf: (facts: object) => string };
  const conf = cephConf({ home: "/h", fsid: "f", monPort: 1, port: 2, memoryBytes: 3 });
  expect(conf).toContain("rgw frontends = beast endpoint=127.0.0.1:2\n");
  expect(conf).toContain("mon host = v1:127.0.0.1:1\n");
  expect(conf).toContain("memstore device bytes = 3\n");
  const paths = [...conf.matchAll(/= (\/\S*)/g)].map(([, path]) => path);
  expect(paths.length).toBeGreaterThan(5);
  expect(paths.filter((path) => !path?.startsWith("/h/"))).toEqual([]);
});
