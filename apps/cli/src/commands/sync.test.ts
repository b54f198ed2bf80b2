import { chmod, mkdir } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { faultyServer, tempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

test("a host that lets nobody in is asked with secrets; a cache that others may write to is not", async () => {
  await using dir = await tempDir();
  await using server = await faultyServer({ faults: { "*": { status: 401 } } });
  const sync = async (env: Record<string, string>) => {
    const io = fakeIo({ cwd: dir.path, env: { PLIMSOLL_CACHE_DIR: dir.join("cache"), ...env } });
    const exit = await main(["sync", server.url("/manifest.json"), "--dir", "app"], io);
    return { exit, err: io.err() };
  };
  const refused = await sync({});
  expect(refused.exit).toBe(4);
  expect(refused.err).toMatch(/private\? For a bucket set S3_ACCESS_KEY/);
  await mkdir(dir.join("cache"), { recursive: true });
  await chmod(dir.join("cache"), 0o777);
  server.script("/manifest.json", {});
  server.put("/manifest.json", Buffer.from('{"version":"2.0","weights":{}}'));
  const open = await sync({ NODE_ENV: "production" });
  expect(open.exit).toBe(4);
  expect(open.err).toMatch(/others may write to the cache/);
  expect(open.err).not.toMatch(/private\?/);
});
