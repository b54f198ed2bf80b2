import { mkdir, truncate, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { fakeGithub, fakeS3, tempDir, type TempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

// Loading the SDKs takes its time where many tests run at once.
jest.setTimeout(60_000);

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
  await mkdir(dir.join("weights"));
  await writeFile(dir.join("weights/net.onnx"), "");
  await truncate(dir.join("weights/net.onnx"), 40 * 2 ** 20);
});
afterEach(() => dir.remove());

async function publish(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const io = fakeIo({
    cwd: dir.path,
    env: { PLIMSOLL_CACHE_DIR: dir.join("cache"), ...env },
  });
  const common = ["publish", "weights", "--model", "net", "--release", "v1.0.0"];
  const exit = await main([...common, ...argv], io);
  return { exit, out: io.out(), err: io.err(), events: io.events };
}

test("a dry run counts parts and requests of each store, and the time at a bandwidth", async () => {
  const server = await fakeS3();
  const store = `s3://weights/team?endpoint=${server.endpoint}&conditional=1&checksum=crc32`;
  const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
  try {
    const { exit, out } = await publish(["--to", store, "--to", "./store", "--dry-run"], env);
    expect(exit).toBe(0);
    expect(out).toMatch(/^s3:.*40\.0 MB of 40\.0 MB, in 5 parts; 8 write requests$/m);
    expect(out).toMatch(/^ {2}about 14 requests; about 3\.4 s at 100 Mbit\/s$/m);
    expect(out).toMatch(/store: .*, in 1 part; 4 write requests$/m);
    expect(server.keys("weights")).toEqual([]);
    const slow = await publish(["--to", store, "--dry-run", "--bandwidth", "1Mbit", "--json"], env);
    expect(slow.events().at(-1)).toMatchObject({
      stores: [{ plan: { parts: 5, requests: 14, estimatedSeconds: (40 * 2 ** 20 * 8) / 1e6 } }],
    });
  } finally {
    await server.close();
  }
});

test("--bandwidth is for a dry run, and must be one", async () => {
  const lone = await publish(["--to", "./store", "--bandwidth", "1Mbit"]);
  expect([lone.exit, lone.err]).toEqual([2, expect.stringMatching(/--bandwidth belongs to/)]);
  const wrong = await publish(["--to", "./store", "--dry-run", "--bandwidth", "fast"]);
  expect([wrong.exit, wrong.err]).toEqual([2, expect.stringMatching(/100Mbit/)]);
});

test("--full-read-back reads the files of a store that states their digest", async () => {
  const server = await fakeS3();
  await truncate(dir.join("weights/net.onnx"), 1000);
  const store = `s3://weights/team?endpoint=${server.endpoint}&conditional=1&checksum=crc32`;
  const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
  const reads = () =>
    server.requests.filter(
      ({ method, key }) => method === "GET" && key?.endsWith("v1.0.0/net.onnx") === true,
    ).length;
  try {
    expect((await publish(["--to", store], env)).exit).toBe(0);
    const before = reads();
    const other = store.replace("/team", "/other");
    expect((await publish(["--to", other, "--full-read-back"], env)).exit).toBe(0);
    expect([before, reads()]).toEqual([0, 1]);
  } finally {
    await server.close();
  }
});

test("headers of the config are sent: a variable that is not set stops the publish", async () => {
  const config = { headers: { "https://models.example": { "x-key": "$MODELS_KEY" } } };
  await writeFile(dir.join("plimsoll.config.json"), JSON.stringify(config));
  const { exit, err } = await publish(["--to", "./store", "--dry-run"]);
  expect([exit, err]).toEqual([2, expect.stringMatching(/MODELS_KEY: not set/)]);
  const set = await publish(["--to", "./store", "--dry-run"], { MODELS_KEY: "secret" });
  expect(set.exit).toBe(0);
});

test("a limit that would be hit ends a dry run with exit 10, also one that only slows down", async () => {
  const server = await fakeGithub();
  const env = { GITHUB_TOKEN: server.token };
  try {
    await truncate(dir.join("weights/net.onnx"), 1000);
    const small = await publish(["--to", server.store, "--dry-run"], env);
    expect(small.exit).toBe(0);
    expect(small.out).toMatch(
      /about \d+ requests, of 5,000 requests an hour that the host's quota/,
    );

    for (let index = 0; index < 80; index++) {
      await writeFile(dir.join(`weights/f${index}.onnx`), String(index));
    }
    const many = await publish(["--to", server.store, "--dry-run"], env);
    expect(many.exit).toBe(10);
    expect(many.err).toMatch(/^plimsoll: E_GATE [^\n]*a limit would be hit: 83 uploads[^\n]*\n$/m);
    expect(many.out).toMatch(/^ {2}slowed down: 83 uploads, the host bears 80 a minute$/m);
    const told = await publish(["--to", server.store, "--dry-run", "--json"], env);
    expect(told.events().find(({ type }) => type === "result")).toMatchObject({
      stores: [{ plan: { hits: [{ limit: "createsPerMinute", kind: "rate" }] } }],
    });
    expect(server.repository.releases.size).toBe(0);
  } finally {
    await server.close();
  }
});
