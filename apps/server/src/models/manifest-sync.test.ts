import { expect, test } from "@jest/globals";
import { mkdir, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import type { SyncStatus } from "@plimsoll/api";
import { openCache } from "@plimsoll/cache";
import { sha256 } from "@plimsoll/manifest";
import { faultyServer, tempDir } from "@plimsoll/testing";
import { startSync } from "./manifest-sync.ts";
import { until } from "./testing/serving-bench.ts";

test("every file is told of before its first byte, then how far it is, and how it failed", async () => {
  await using dir = await tempDir();
  const [slow, wrong] = [randomBytes(60_000), randomBytes(500)];
  await using host = await faultyServer({
    files: { "/slow.onnx": slow, "/wrong.onnx": wrong },
    faults: { "/slow.onnx": { dripBytesPerSecond: 60_000 }, "/wrong.onnx": { wrongBytes: [9] } },
  });
  await mkdir(dir.join("weights"));
  const entry = (bytes: Buffer, name: string) => ({
    url: host.url(`/${name}`),
    size: bytes.length,
    checksum: sha256(bytes),
    algorithm: "sha256",
    required: true,
  });
  await writeFile(
    dir.join("weights", "manifest.json"),
    JSON.stringify({
      version: "2.0",
      release: "v1.0.0",
      model: "pair",
      weights: { "slow.onnx": entry(slow, "slow.onnx"), "wrong.onnx": entry(wrong, "wrong.onnx") },
    }),
  );
  const over: SyncStatus[] = [];
  const sync = startSync({
    from: dir.join("weights", "manifest.json"),
    cache: await openCache({ dir: dir.join("cache"), env: {} }),
    fetch: { tries: 1 },
    env: {},
    log: () => undefined,
    now: Date.now,
    onOver: (status) => over.push(status),
  });
  await until(() => sync.status().files.length > 0);
  expect(sync.status().files.map(({ name, model, size }) => [name, model, size])).toEqual([
    ["slow.onnx", "pair", slow.length],
    ["wrong.onnx", "pair", wrong.length],
  ]);
  await until(() =>
    sync.status().files.some(({ state, received }) => state === "fetching" && received > 0),
  );
  await sync.done();
  const { state, files, error } = sync.status();
  expect(over).toEqual([sync.status()]);
  expect([state, files.map((file) => file.state)]).toEqual(["failed", ["verified", "failed"]]);
  expect(files[1]?.error?.code).toBe("E_DIGEST");
  expect(error?.message).toContain("wrong.onnx");
});
