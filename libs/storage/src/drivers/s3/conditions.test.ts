import { afterEach, expect, test } from "@jest/globals";
import {
  ceph16Powers,
  fakeS3,
  fullPowers,
  noPowers,
  type FakeS3,
  type FakeS3Options,
} from "@plimsoll/testing";

import { bytesSource } from "../../bytes-source.ts";
import type { Driver } from "../../driver.ts";
import { parseStoreUrl } from "../../parse-store-url.ts";
import type { OpenStoreOptions } from "../driver-factory.ts";
import { driverSettings } from "../driver-settings.ts";
import { openS3Store } from "../s3.ts";
import { s3Tuning } from "./s3-tuning.ts";

const key = "models/m/channels/production.json";
const text = (content: string): Buffer => Buffer.from(content);

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(options: FakeS3Options = {}): Promise<FakeS3> {
  const server = await fakeS3({ minPartBytes: 1, ...options });
  ends.push(server.close);
  return server;
}

async function open(server: FakeS3, options: OpenStoreOptions = {}, query = ""): Promise<Driver> {
  const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
  const location = parseStoreUrl(`s3://weights/p?endpoint=${server.endpoint}${query}`);
  const tuning = { ...s3Tuning, singleBytes: 10, partBytes: 10, maxAttempts: 3 };
  const driver = await openS3Store(location, driverSettings({ env, ...options }), tuning);
  ends.push(driver.close);
  return driver;
}

test("an unknown host opens without a request and without swap; forWriting it is asked", async () => {
  const server = await serve();
  expect((await open(server)).swap).toBeUndefined();
  expect(server.requests).toHaveLength(0);
  expect((await open(server, { forWriting: true })).swap).toBeDefined();
  expect(server.keys("weights")).toEqual([]);
});

test("what the URL says of a host is taken without asking", async () => {
  const server = await serve();
  const told = { forWriting: true };
  expect((await open(server, told, "&conditional=1")).swap).toBeDefined();
  expect((await open(server, told, "&conditional=0")).swap).toBeUndefined();
  expect(server.requests).toHaveLength(0);
});

test.each([
  ["all conditional writes", fullPowers, true, []],
  ["Ceph 16", ceph16Powers, true, []],
  ["none", noPowers, false, [/cannot refuse to overwrite/]],
])(
  "a host with %s is found out, once, and told of where it matters",
  async (_, powers, hasSwap, told) => {
    const server = await serve({ powers });
    const lines: string[] = [];
    const store = await open(server, { forWriting: true, log: (line) => lines.push(line) });
    expect(store.swap !== undefined).toBe(hasSwap);
    for (const name of ["a", "b"]) {
      await store.write(name, bytesSource(text("small"), name), { onlyIfAbsent: true });
      await store.write(`${name}2`, bytesSource(text("more than ten bytes"), name), {
        onlyIfAbsent: true,
      });
    }
    expect(lines).toHaveLength(told.length);
    told.forEach((pattern, at) => expect(lines[at]).toMatch(pattern));
    expect(server.keys("weights").sort()).toEqual(["p/a", "p/a2", "p/b", "p/b2"]);
    expect(server.unfinished("weights")).toEqual([]);
  },
);

test("a host that refuses the probe counts as one without, and is still written to", async () => {
  const server = await serve({
    script: (request) =>
      request.key.includes(".plimsoll/probe-") ? { code: "AccessDenied" } : undefined,
  });
  const lines: string[] = [];
  const store = await open(server, { forWriting: true, log: (line) => lines.push(line) });
  expect(store.swap).toBeUndefined();
  await store.write("a", bytesSource(text("1"), "a"), { onlyIfAbsent: true });
  await expect(
    store.write("a", bytesSource(text("2"), "a"), { onlyIfAbsent: true }),
  ).rejects.toMatchObject({ code: "E_EXISTS" });
  expect(lines[0]).toMatch(/\.plimsoll\/: .*AccessDenied/);
});

test("a probe without a network is an error, and is made again", async () => {
  const server = await serve();
  const store = await open(server);
  server.dieAfter(0);
  const write = () => store.write("a", bytesSource(text("1"), "a"), { onlyIfAbsent: true });
  await expect(write()).rejects.toMatchObject({ code: "E_NETWORK" });
  server.revive();
  await write();
  await expect(write()).rejects.toMatchObject({ code: "E_EXISTS" });
});

test("what probes left that died is swept up by a later one, younger ones are let be", async () => {
  let time = Date.now() - 2 * s3Tuning.staleUploadMs;
  const server = await serve({ now: () => time });
  server.put("weights", "p/.plimsoll/probe-old", text("1"));
  time = Date.now();
  server.put("weights", "p/.plimsoll/probe-new", text("1"));
  await open(server, { forWriting: true });
  expect(server.keys("weights")).toEqual(["p/.plimsoll/probe-new"]);
});

test("S7: a swap whose answer is lost has won, and is not told that it lost", async () => {
  const server = await serve();
  const store = await open(server, { forWriting: true });
  const first = await store.swap?.(key, text("one"), { expected: null });
  server.script((_, attempt) => (attempt === 2 ? { dropAnswer: true } : undefined));
  const second = await store.swap?.(key, text("two"), { expected: first?.etag ?? "" });
  expect(server.object("weights", `p/${key}`)?.bytes.toString()).toBe("two");
  expect(second?.etag).toBe((await store.stat(key))?.etag);
  await expect(
    store.swap?.(key, text("three"), { expected: first?.etag ?? "" }),
  ).rejects.toMatchObject({ code: "E_CONFLICT", message: expect.stringMatching(/read it again/) });
});

test("409 in a swap is tried again", async () => {
  const server = await serve();
  const store = await open(server, { forWriting: true, sleep: () => Promise.resolve() });
  server.script((_, attempt) =>
    attempt <= 2 ? { code: "ConditionalRequestConflict" } : undefined,
  );
  await store.swap?.(key, text("one"), { expected: null });
  expect(server.object("weights", `p/${key}`)?.bytes.toString()).toBe("one");
});

test("a host without conditional writes: what another run wrote in between is seen by reading back", async () => {
  const server = await serve({ powers: noPowers });
  const store = await open(server, {}, "&conditional=0");
  server.script((request) => {
    // Right after our write somebody else's, before we look again.
    if (request.operation === "PutObject") {
      setImmediate(() => server.put("weights", request.key, text("theirs")));
    }
    return undefined;
  });
  await expect(
    store.write("a", bytesSource(text("ours"), "a"), { onlyIfAbsent: true }),
  ).rejects.toMatchObject({ code: "E_EXISTS" });
  expect(server.object("weights", "p/a")?.bytes.toString()).toBe("theirs");
});
