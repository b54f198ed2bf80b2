import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { faultyServer, tempDir, type FaultyServer, type TempDir } from "@plimsoll/testing";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { fetchTrial, oldBytes, secret, sha256, type Outcome, type Trial } from "./testing/trial.ts";

const bytes = randomBytes(12_000_000);
const options = { segmentBytes: 1_048_576, lanesPerFile: 4 };
const slow = { dripBytesPerSecond: 2_000_000 };
const child = fileURLToPath(new URL("./testing/fetch-child.ts", import.meta.url));

let server: FaultyServer;
let dir: TempDir;
let partial = "";

/** Runs a fetch in another process and kills it with SIGKILL once half of the file is said to be here. */
async function killedHalfway(): Promise<number> {
  const to = dir.join("model.onnx");
  await writeFile(to, oldBytes);
  const request = {
    name: "model.onnx",
    urls: [`${server.url("/m")}?sig=${secret}`],
    to,
    size: bytes.length,
    sha256: sha256(bytes),
  };
  const node = ["--conditions=@plimsoll/source", "--import", "tsx", child];
  const args = [...node, JSON.stringify(request), JSON.stringify(options)];
  const fetching = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(fetching, "exit");
  let here = 0;
  for await (const line of createInterface({ input: fetching.stdout })) {
    const event = JSON.parse(line) as { type: string; bytes?: number };
    here = event.bytes ?? here;
    if (here >= bytes.length / 2) fetching.kill("SIGKILL");
  }
  expect((await exited)[1]).toBe("SIGKILL");
  return here;
}

function resumed(trial: Partial<Trial> = {}): Promise<Outcome> {
  const urls = [server.url("/m")];
  return fetchTrial({ dir: dir.path, urls, bytes, options, again: true, ...trial });
}

beforeAll(async () => {
  server = await faultyServer({ files: { "/m": bytes }, faults: { "/m": slow } });
  dir = await tempDir();
  await killedHalfway();
  server.script("/m", {});
  // The same half-fetched file for every test.
  partial = dir.join("saved");
  await writeFile(partial, await readFile(dir.join(".model.onnx.partial")));
  await writeFile(`${partial}.journal`, await readFile(dir.join(".model.onnx.partial.journal")));
});

afterAll(async () => {
  await server.close();
  await dir.remove();
});

async function restore(): Promise<void> {
  await writeFile(dir.join("model.onnx"), oldBytes);
  await writeFile(dir.join(".model.onnx.partial"), await readFile(partial));
  await writeFile(dir.join(".model.onnx.partial.journal"), await readFile(`${partial}.journal`));
}

test("after kill -9 another process goes on with what is on disk", async () => {
  expect(await readFile(dir.join("model.onnx"))).toEqual(oldBytes);
  await restore();
  const asked = server.requests.length;
  const { result, events } = await resumed();
  // The journal is half a second behind at most.
  expect(result?.resumedBytes).toBeGreaterThan(1_000_000);
  expect(result?.receivedBytes).toBe(bytes.length - (result?.resumedBytes ?? 0));
  expect(events.map(({ type }) => type)).toContain("resume");
  expect(server.requests[asked]?.headers["if-range"]).toBeDefined();
});

test("I5: the journal has no address in it, whose query may be a signature", async () => {
  const journal = await readFile(`${partial}.journal`, "utf8");
  expect(journal).not.toContain(secret);
  expect(journal).not.toContain("127.0.0.1");
});

test("all bytes on disk: no request is made, they are proven and appear", async () => {
  await restore();
  await writeFile(dir.join(".model.onnx.partial"), bytes);
  const journal = dir.join(".model.onnx.partial.journal");
  await writeFile(journal, `${await readFile(journal, "utf8")}{"done":[[0,${bytes.length}]]}\n`);
  const { result } = await resumed({ mostBytes: 0 });
  expect([result?.receivedBytes, result?.resumedBytes]).toEqual([0, bytes.length]);
});

test("damaged bytes on disk are found by the digest and fetched again, with no source blamed", async () => {
  await restore();
  const file = await open(dir.join(".model.onnx.partial"), "r+");
  await file.write(Buffer.from("damage"), 0, 6, 1000);
  await file.close();
  const { result, events } = await resumed();
  expect([result?.resumedBytes, result?.size]).toEqual([0, bytes.length]);
  expect(events.find(({ type }) => type === "restart")).toMatchObject({
    reason: expect.stringContaining("kept from an earlier run"),
  });
});

test("N7: an object that changed meanwhile is begun anew", async () => {
  await restore();
  await using changed = await faultyServer({ files: { "/m": bytes } });
  server.script("/m", () => ({ etag: '"another"' }));
  const { result, events } = await resumed({ mostBytes: 4 * bytes.length });
  server.script("/m", {});
  expect([result?.resumedBytes, result?.size]).toEqual([0, bytes.length]);
  expect(events.map(({ type }) => type)).toContain("restart");
  await restore();
  const elsewhere = await resumed({ urls: [changed.url("/m")] });
  // Another host, same digest: what is here still counts, since the digest decides.
  expect(elsewhere.result?.resumedBytes).toBeGreaterThan(0);
});

test.each<[string, () => Promise<void>]>([
  ["corrupt", () => writeFile(dir.join(".model.onnx.partial.journal"), "{ what? }\n")],
  ["gone", () => rm(dir.join(".model.onnx.partial.journal"))],
  ["there without its file", () => rm(dir.join(".model.onnx.partial"))],
])("a journal that is %s means to begin anew", async (_name, spoil) => {
  await restore();
  await spoil();
  const { result } = await resumed();
  expect([result?.resumedBytes, result?.receivedBytes]).toEqual([0, bytes.length]);
});

test("another file's half is not used", async () => {
  await restore();
  await using other = await faultyServer({ files: { "/m": oldBytes } });
  const { result } = await resumed({ urls: [other.url("/m")], bytes: oldBytes, again: false });
  expect([result?.resumedBytes, result?.size]).toEqual([0, oldBytes.length]);
  expect((await readdir(dir.path)).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a fetch that is cancelled keeps its half for the next one", async () => {
  await rm(dir.join(".model.onnx.partial"), { force: true });
  server.script("/m", slow);
  const stop = new AbortController();
  const { error } = await resumed({
    again: false,
    options: {
      ...options,
      signal: stop.signal,
      now: () => performance.now(),
      onEvent: (event) => {
        if (event.type === "progress" && event.bytes > 4_000_000) stop.abort();
      },
    },
  });
  expect(error?.code).toBe("E_CANCELLED");
  server.script("/m", {});
  const { result } = await resumed();
  // A lane writes blocks of 256 KiB; what was gathered is written too when it stops.
  expect(result?.resumedBytes).toBeGreaterThan(4_000_000 - 4 * 262_144);
});
