import { mkdir, readFile, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { sha256 } from "@plimsoll/manifest";
import {
  type Fault,
  type FaultyServer,
  faultyServer,
  tempDir,
  type TempDir,
} from "@plimsoll/testing";
import { childCli, type ChildOptions, type ChildResult } from "./child-cli.ts";

// Starting processes takes its time where many tests run at once.
jest.setTimeout(60_000);

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
  await mkdir(dir.join("weights"));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await dir.remove();
});

const servers: FaultyServer[] = [];

const weights = randomBytes(3 * 1024 * 1024);

/** Serves the weights and pins them, with what goes wrong on the way. */
async function serve(fault: Fault = {}) {
  const server = await faultyServer({
    files: { "/net.onnx": weights },
    faults: { "/net.onnx": () => fault },
  });
  const entry = {
    url: server.url("/net.onnx"),
    size_mb: 3,
    checksum: sha256(weights),
    algorithm: "sha256",
    required: true,
    size: weights.length,
  };
  await writeFile(
    dir.join("weights/manifest.json"),
    JSON.stringify({ version: "2.0", weights: { "net.onnx": entry } }),
  );
  servers.push(server);
  return server;
}

const cli = (argv: readonly string[], options: Partial<ChildOptions> = {}): Promise<ChildResult> =>
  childCli(argv, {
    cwd: dir.path,
    ...options,
    env: { PLIMSOLL_CACHE_DIR: dir.join("cache"), ...options.env },
  });

test("a sync in a process of its own: the bytes, exit 0, and only the summary on stdout", async () => {
  const server = await serve();
  const { exit, out, err } = await cli(["sync"]);
  expect(err).toMatch(/^net\.onnx: fetched 3\.0 MB in /);
  expect([exit, out]).toEqual([0, expect.stringMatching(/^1 file, 3\.0 MB: 1 fetched .*\n$/)]);
  expect(weights.equals(await readFile(dir.join("weights/net.onnx")))).toBe(true);
  expect(server.requests.length).toBeGreaterThan(0);
});

test("--json: stdout has nothing but events, also when it fails", async () => {
  await serve({ status: 404 });
  const { exit, out, err } = await cli(["sync", "--json"]);
  const events = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; code?: string });
  expect(events.at(-1)).toMatchObject({ type: "error", code: "E_NOT_FOUND" });
  expect([exit, err]).toEqual([3, ""]);
});

test("first seed's trouble 1, checksum mismatch: exit 5, the file, the source and --force", async () => {
  const server = await serve({ wrongBytes: [7] });
  const { exit, err } = await cli(["sync"]);
  expect(exit).toBe(5);
  const line = err.split("\n").find((text) => text.startsWith("plimsoll: E_DIGEST"));
  expect(line).toContain("net.onnx");
  expect(line).toContain(server.origin);
  expect(line).toMatch(/--force|publish/);
  await expect(readFile(dir.join("weights/net.onnx"))).rejects.toThrow();
});

test("N19, first seed's trouble 2, 403 and 404: exit 4 and 3, one request, and what to check", async () => {
  for (const [status, exit, code] of [
    [403, 4, "E_AUTH"],
    [404, 3, "E_NOT_FOUND"],
  ] as const) {
    const server = await serve({ status });
    const ended = await cli(["sync"]);
    expect([status, ended.exit, server.of("/net.onnx").length]).toEqual([status, exit, 1]);
    const line = ended.err.split("\n").find((text) => text.startsWith(`plimsoll: ${code}`));
    expect(line).toContain("net.onnx");
    expect(line).toContain(server.origin);
  }
});

test("Ctrl-C: exit 130, what arrived is kept, the next sync goes on from there", async () => {
  const slow = await serve({ dripBytesPerSecond: 400_000 });
  const ended = await cli(["sync", "--json"], {
    when: { text: '"progress"', act: (child) => child.kill("SIGINT") },
  });
  await slow.close();
  expect(ended.exit).toBe(130);
  expect(ended.out).toMatch(/"code":"E_CANCELLED"/);
  await expect(readFile(dir.join("weights/net.onnx"))).rejects.toThrow();
  await serve();
  expect((await cli(["sync"])).exit).toBe(0);
  expect(weights.equals(await readFile(dir.join("weights/net.onnx")))).toBe(true);
});

test("a reader that goes away is no error", async () => {
  await serve();
  const { exit, err } = await cli(["sync", "--json"], { closeStdout: true });
  expect([exit, err]).toEqual([0, ""]);
});

test("usage: exit 2 and one line", async () => {
  const { exit, out, err } = await cli(["sync", "--nonsense"]);
  expect([exit, out]).toEqual([2, ""]);
  expect(err).toMatch(/^plimsoll: E_USAGE unknown option '--nonsense'[^\n]*\n$/);
});
