import { expect, test } from "@jest/globals";
import { httpClient, openStore } from "@plimsoll/storage";
import { faultyServer, tempDir } from "@plimsoll/testing";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { FetchEvent } from "./fetch-request.ts";
import { fetchFile, openFetcher } from "./open-fetcher.ts";
import { fetchTrial, sha256 } from "./testing/trial.ts";

const mib = 1_048_576;
const options = { segmentBytes: mib, lanesPerFile: 4 };

test.each([0, 1, mib - 1, mib, mib + 1, 3 * mib, 5 * mib + 7])(
  "a file of %d bytes arrives, with its size known or not",
  async (size) => {
    const bytes = randomBytes(size);
    await using server = await faultyServer({ files: { "/m": bytes } });
    await using dir = await tempDir();
    const trial = { dir: dir.path, urls: [server.url("/m")], bytes, options };
    expect((await fetchTrial(trial)).result?.size).toBe(size);
    const request = { size: undefined } as never;
    const unsized = await fetchTrial({ ...trial, request });
    expect(unsized.result?.receivedBytes).toBe(size);
    const unpinned = await fetchTrial({
      ...trial,
      request: { size: undefined, sha256: undefined } as never,
    });
    expect(unpinned.result?.sha256).toBe(sha256(bytes));
    server.script("/m", { chunked: true, ignoreRange: true });
    expect((await fetchTrial({ ...trial, request })).result?.size).toBe(size);
  },
);

test("a large file is digested in a thread of its own, and appears whole", async () => {
  const bytes = randomBytes(34_000_000);
  await using server = await faultyServer({ files: { "/m": bytes }, tls: true });
  await using dir = await tempDir();
  const http = { ca: server.ca ?? "" };
  const { result } = await fetchTrial({ dir: dir.path, urls: [server.url("/m")], bytes, http });
  expect(result?.receivedBytes).toBe(bytes.length);
});

test("events tell start, progress and the end, in order", async () => {
  let now = 0;
  const bytes = randomBytes(3 * mib);
  await using server = await faultyServer({ files: { "/m": bytes } });
  await using dir = await tempDir();
  const { result, events } = await fetchTrial({
    dir: dir.path,
    urls: [server.url("/m")],
    bytes,
    options: { ...options, now: () => (now += 30) },
  });
  expect(events[0]).toEqual({ type: "start", name: "model.onnx", size: 3 * mib });
  expect(events[1]).toMatchObject({ type: "progress", size: 3 * mib });
  expect(events.at(-1)).toEqual({ type: "done", name: "model.onnx", result });
});

test("a callback that throws or waits does not disturb the transfer", async () => {
  const bytes = randomBytes(3 * mib);
  await using server = await faultyServer({ files: { "/m": bytes } });
  await using dir = await tempDir();
  const trial = { dir: dir.path, urls: [server.url("/m")], bytes };
  const throwing = (): void => {
    throw new Error("broken bar");
  };
  const endless = (): Promise<void> => new Promise(() => undefined);
  for (const onEvent of [throwing, endless]) {
    const { result } = await fetchTrial({ ...trial, options: { ...options, onEvent } });
    expect(result?.size).toBe(3 * mib);
  }
});

test("many files share the lanes, and begin in the order of the calls", async () => {
  const files = Array.from({ length: 60 }, (_, index) => randomBytes(20_000 + index));
  await using server = await faultyServer({
    files: Object.fromEntries(files.map((bytes, index) => [`/${index}`, bytes])),
  });
  await using dir = await tempDir();
  const started: string[] = [];
  const fetcher = openFetcher({
    lanes: 4,
    onEvent: (event) => {
      if (event.type === "start") started.push(event.name);
    },
  });
  const results = await Promise.all(
    files.map((bytes, index) =>
      fetcher.fetchFile({
        name: `${index}`,
        urls: [server.url(`/${index}`)],
        to: dir.join(`${index}`),
        size: bytes.length,
        sha256: sha256(bytes),
      }),
    ),
  );
  await fetcher.close();
  expect(results.map(({ size }) => size)).toEqual(files.map((bytes) => bytes.length));
  expect(started).toEqual(files.map((_, index) => `${index}`));
  expect(server.connections.peak).toBeLessThanOrEqual(4);
  expect(server.requests).toHaveLength(60);
  for (const [index, bytes] of files.entries()) {
    expect((await readFile(dir.join(`${index}`))).equals(bytes)).toBe(true);
  }
  expect((await readdir(dir.path)).length).toBe(60);
});

test("one file that fails does not stop the others, and closing stops all", async () => {
  const bytes = randomBytes(1000);
  await using server = await faultyServer({
    files: { "/a": bytes, "/b": bytes },
    faults: { "/b": { stallAfter: 10 }, "/c": { status: 404 } },
  });
  await using dir = await tempDir();
  const fetcher = openFetcher();
  const get = (name: string) =>
    fetcher.fetchFile({ name, urls: [server.url(`/${name}`)], to: dir.join(name) });
  const [a, b, c] = [get("a"), get("b"), get("c")];
  await expect(c).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  expect((await a).size).toBe(1000);
  const ended = expect(b).rejects.toMatchObject({ code: "E_CANCELLED" });
  await fetcher.close();
  await ended;
  await expect(get("a")).rejects.toMatchObject({ code: "E_CANCELLED" });
  expect(await readdir(dir.path)).toEqual(["a"]);
});

test("a signal stops sockets at once, also while a file waits for its turn or for a try", async () => {
  await using server = await faultyServer({ faults: { "*": { status: 503, retryAfter: "30" } } });
  await using dir = await tempDir();
  const stop = new AbortController();
  const fetcher = openFetcher({ lanes: 1, signal: stop.signal });
  const files = ["a", "b", "c"].map((name) =>
    fetcher.fetchFile({ name, urls: [server.url(`/${name}`)], to: dir.join(name) }),
  );
  const ended = Promise.allSettled(files);
  while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  for (const outcome of await ended) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "E_CANCELLED" } });
  }
  await fetcher.close();
});

test("a store is read through its driver, in ranges", async () => {
  const bytes = randomBytes(3 * mib + 5);
  await using dir = await tempDir();
  await mkdir(dir.join("store"));
  await writeFile(dir.join("store", "m.onnx"), bytes);
  const driver = await openStore(pathToFileURL(dir.join("store")).href);
  const asked: string[] = [];
  const resolve = async (url: string) => {
    asked.push(url);
    return { driver, key: "m.onnx" };
  };
  const events: FetchEvent[] = [];
  for (const known of [{ size: bytes.length, sha256: sha256(bytes) }, {}]) {
    const result = await fetchFile(
      { name: "m.onnx", urls: ["store://m.onnx"], to: dir.join("m.onnx"), ...known },
      { ...options, resolve, onEvent: (event) => events.push(event) },
    );
    expect([result.sha256, result.receivedBytes]).toEqual([sha256(bytes), bytes.length]);
  }
  await writeFile(dir.join("store", "m.onnx"), "");
  const empty = await fetchFile(
    { name: "m.onnx", urls: ["store://m.onnx"], to: dir.join("m.onnx") },
    { resolve },
  );
  expect([empty.size, asked]).toEqual([0, Array(3).fill("store://m.onnx")]);
  await driver.close();
});

test("a store's missing object is E_NOT_FOUND, and a mirror on the web takes over", async () => {
  const bytes = randomBytes(5000);
  await using server = await faultyServer({ files: { "/m": bytes } });
  await using dir = await tempDir();
  await mkdir(dir.join("store"));
  const driver = await openStore(pathToFileURL(dir.join("store")).href);
  const resolve = async () => ({ driver, key: "gone" });
  const http = httpClient();
  const request = { name: "m", to: dir.join("m") };
  await expect(
    fetchFile({ ...request, urls: ["store://gone"] }, { resolve }),
  ).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  const urls = ["store://gone", server.url("/m")];
  expect((await fetchFile({ ...request, urls }, { resolve, http })).size).toBe(5000);
  await expect(fetchFile({ ...request, urls }, { http })).rejects.toMatchObject({
    code: "E_USAGE",
  });
  http.close();
  await driver.close();
});

test("D9: a link planted as the partial file is refused; one at the final path is replaced", async () => {
  const bytes = randomBytes(1000);
  await using server = await faultyServer({ files: { "/m": bytes } });
  await using dir = await tempDir();
  await writeFile(dir.join("victim"), "precious");
  await symlink(dir.join("victim"), dir.join("m"));
  const request = { name: "m", urls: [server.url("/m")], to: dir.join("m") };
  await fetchFile(request);
  expect(await readFile(dir.join("victim"), "utf8")).toBe("precious");
  expect((await readFile(dir.join("m"))).equals(bytes)).toBe(true);
  await symlink(dir.join("victim"), dir.join(".m.partial"));
  await expect(fetchFile(request)).rejects.toMatchObject({ code: "E_DISK" });
  expect(await readFile(dir.join("victim"), "utf8")).toBe("precious");
});
