import { expect, test } from "@jest/globals";
import { faultyServer, tempDir, type Script } from "@plimsoll/testing";
import { randomBytes } from "node:crypto";
import { fetchTrial, type Outcome, type Trial } from "./testing/trial.ts";

const bytes = randomBytes(3_000_000);
const other = randomBytes(3_000_000);
const options = { segmentBytes: 1_048_576, lanesPerFile: 3 };

async function against(
  script: Script,
  trial: Partial<Trial> = {},
): Promise<Outcome & { readonly ranges: readonly string[] }> {
  await using server = await faultyServer({ files: { "/m": bytes }, faults: { "/m": script } });
  await using dir = await tempDir();
  const urls = [server.url("/m")];
  const outcome = await fetchTrial({ dir: dir.path, urls, bytes, options, ...trial });
  const ranges = server.requests.map(({ headers }) => headers["range"] ?? "all");
  return { ...outcome, ranges };
}

test("a file is fetched in ranges over several lanes, from its first request on", async () => {
  await using server = await faultyServer({
    files: { "/m": bytes },
    bytesPerSecond: 20_000_000,
  });
  await using dir = await tempDir();
  const { result } = await fetchTrial({ dir: dir.path, urls: [server.url("/m")], bytes, options });
  expect(result?.receivedBytes).toBe(3_000_000);
  expect(server.requests[0]?.headers["range"]).toBe("bytes=0-1048575");
  expect(server.requests.map(({ method, status }) => `${method} ${status}`)).toEqual(
    Array(3).fill("GET 206"),
  );
  expect(server.connections.peak).toBeGreaterThan(1);
});

test("N5: a 200 to the first range is taken whole over one lane", async () => {
  const { result, ranges } = await against({ ignoreRange: true });
  expect([result?.receivedBytes, ranges]).toEqual([3_000_000, ["bytes=0-1048575"]]);
});

test("N5: a 200 to a later range begins again from 0", async () => {
  const { result, ranges, events } = await against([undefined, { ignoreRange: true }]);
  expect(result?.size).toBe(3_000_000);
  expect(ranges.at(-1)).toBe("all");
  expect(events.map(({ type }) => type)).toContain("restart");
});

test("N5: cut in the middle by a host without ranges, it begins again from 0", async () => {
  const cut = { ignoreRange: true, cutAfter: 2_000_000 };
  const { result, ranges } = await against([cut, { ignoreRange: true }, { ignoreRange: true }]);
  expect(result?.receivedBytes).toBe(5_000_000);
  expect(ranges).toEqual(["bytes=0-1048575", "bytes=2000000-2999999", "all"]);
});

test("N6: a 206 for another range is refused, and the whole is asked for instead", async () => {
  const fault = { contentRange: "bytes 100-1048675/3000000" };
  const { result, ranges } = await against([undefined, fault]);
  expect([result?.size, ranges.at(-1)]).toEqual([3_000_000, "all"]);
});

test("N6: a 206 with another total is refused", async () => {
  const { error, result } = await against([{ contentRange: "bytes 0-1048575/4000000" }]);
  expect([error?.code, result]).toEqual(["E_SIZE", undefined]);
});

test("N6: a host that mislabels every answer is E_RANGE or taken whole, never mixed", async () => {
  const { result, ranges } = await against((request) =>
    request.headers["range"] === undefined ? {} : { contentRange: "bytes 1-1048576/3000000" },
  );
  expect([result?.size, ranges]).toEqual([3_000_000, ["bytes=0-1048575", "all"]]);
  const { error } = await against((request) =>
    request.headers["range"] === undefined ? { status: 416 } : { contentRange: "bytes 1-2/3" },
  );
  expect(error?.code).toBe("E_RANGE");
});

test("N7: a strong ETag is sent as If-Range, and another one in the answer begins anew", async () => {
  await using server = await faultyServer({ files: { "/m": { bytes: other, etag: '"old"' } } });
  server.script("/m", ({ number }) => {
    if (number === 1) server.put("/m", { bytes, etag: '"new"' });
    return undefined;
  });
  await using dir = await tempDir();
  const urls = [server.url("/m")];
  const { result, events } = await fetchTrial({ dir: dir.path, urls, bytes, options });
  expect(result?.size).toBe(3_000_000);
  expect(events.map(({ type }) => type)).toContain("restart");
  expect(server.requests[1]?.headers["if-range"]).toBe('"old"');
});

test("N7: a 206 whose ETag is another although If-Range was sent begins anew", async () => {
  const { result, events } = await against([{ etag: '"old"', content: other }]);
  expect(result?.size).toBe(3_000_000);
  expect(events.map(({ type }) => type)).toContain("restart");
});

test("N7: a weak ETag is no If-Range, but another one begins anew", async () => {
  await using server = await faultyServer({ files: { "/m": { bytes, etag: 'W/"2"' } } });
  server.script("/m", [{ etag: 'W/"1"', content: other }]);
  await using dir = await tempDir();
  const urls = [server.url("/m")];
  const { result } = await fetchTrial({ dir: dir.path, urls, bytes, options });
  expect(result?.size).toBe(3_000_000);
  expect(server.requests.every(({ headers }) => headers["if-range"] === undefined)).toBe(true);
});

test("N7: without ETag the time of change tells, and without both the digest does", async () => {
  const dated = (day: number): Record<string, string | null> => ({
    etag: null,
    "last-modified": `Sat, ${day} Nov 2026 10:00:00 GMT`,
  });
  const { result, events } = await against(({ number }) =>
    number === 0 ? { headers: dated(14), content: other } : { headers: dated(21) },
  );
  expect(result?.size).toBe(3_000_000);
  expect(events.map(({ type }) => type)).toContain("restart");
  const bare = { headers: { etag: null, "last-modified": null } };
  const mixed = await against(({ number }) => (number === 0 ? { ...bare, content: other } : bare));
  expect(mixed.result?.size).toBe(3_000_000);
  expect(mixed.events.find(({ type }) => type === "restart")).toMatchObject({
    reason: expect.stringContaining("expected, got"),
  });
});

test("N7: an object that changes with every answer is asked for whole, then given up", async () => {
  const changing: Script = ({ number }) => ({ etag: `"${number}"` });
  expect((await against(changing)).result?.size).toBe(3_000_000);
});

test.each([
  ["416", { status: 416 }, "E_RANGE"],
  ["204", { status: 204 }, "E_NETWORK"],
  ["an empty 200", { content: new Uint8Array(0), ignoreRange: true }, "E_SIZE"],
])("N8: %s: asked once more for the whole, then given up", async (_name, fault, code) => {
  const once = await against([fault]);
  expect([once.result?.size, once.ranges]).toEqual([3_000_000, ["bytes=0-1048575", "all"]]);
  const always = await against(fault);
  expect([always.error?.code, always.ranges]).toEqual([code, ["bytes=0-1048575", "all"]]);
});

test("N8: multipart/byteranges is not taken apart: the whole is asked for", async () => {
  const { result, ranges } = await against({ multipartRanges: true });
  expect([result?.size, ranges]).toEqual([3_000_000, ["bytes=0-1048575", "all"]]);
});

test("without a digest ranges of an object that has no validator are not put together", async () => {
  const request = { sha256: undefined } as never;
  const bare = { headers: { etag: null, "last-modified": null } };
  const { result, ranges } = await against(bare, { request });
  expect([result?.size, ranges]).toEqual([3_000_000, ["bytes=0-1048575", "all"]]);
  expect((await against({}, { request })).ranges.length).toBeGreaterThan(2);
});
