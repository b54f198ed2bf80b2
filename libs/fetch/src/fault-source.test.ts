import { expect, test } from "@jest/globals";
import { faultyServer, tempDir, type Fault } from "@plimsoll/testing";
import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { fetchTrial, type Outcome, type Trial } from "./testing/trial.ts";

const bytes = randomBytes(3_000_000);
const options = { segmentBytes: 1_048_576, lanesPerFile: 2 };

type Faults = Fault | readonly (Fault | undefined)[];

/** A file at /a and at its mirror /b. */
async function mirrored(
  a: Faults,
  b: Faults = {},
  trial: Partial<Trial> = {},
): Promise<Outcome & { readonly asked: string }> {
  await using server = await faultyServer({
    files: { "/a": bytes, "/b": bytes },
    faults: { "/a": a, "/b": b },
  });
  await using dir = await tempDir();
  const urls = [server.url("/a"), server.url("/b")];
  const outcome = await fetchTrial({ dir: dir.path, urls, bytes, options, ...trial });
  const asked = server.requests.map(({ path }) => path.slice(1)).join("");
  return { ...outcome, asked };
}

test("N18: a signed address that expires on the way is got anew from the original", async () => {
  let signed = 0;
  await using server = await faultyServer({
    files: { "/signed1": bytes, "/signed2": bytes },
    faults: {
      "/m": () => ({ redirectTo: `/signed${++signed}` }),
      "/signed1": [undefined, { status: 403 }, { status: 403 }],
    },
  });
  await using dir = await tempDir();
  const urls = [server.url("/m")];
  const one = { ...options, lanesPerFile: 1 };
  const { result, waits, events } = await fetchTrial({
    dir: dir.path,
    urls,
    bytes,
    options: one,
  });
  expect([result?.receivedBytes, waits]).toEqual([3_000_000, []]);
  expect(server.requests.map(({ path }) => path)).toEqual([
    "/m",
    "/signed1",
    "/signed1",
    "/m",
    "/signed2",
    "/signed2",
  ]);
  expect(events.some(({ type }) => type === "restart")).toBe(false);
});

test("N18: an original that is forbidden too is E_AUTH", async () => {
  await using server = await faultyServer({
    files: { "/signed": bytes },
    faults: {
      "/m": [{ redirectTo: "/signed" }, { status: 403 }, { status: 403 }],
      "/signed": [undefined, { status: 403 }, { status: 403 }],
    },
  });
  await using dir = await tempDir();
  const { error } = await fetchTrial({ dir: dir.path, urls: [server.url("/m")], bytes, options });
  expect(error?.code).toBe("E_AUTH");
});

test.each([401, 403, 404])("N19: after a %d the next mirror is asked at once", async (status) => {
  const { result, asked, waits } = await mirrored({ status });
  expect([result?.url.includes("/b"), asked, waits]).toEqual([true, "abbb", []]);
});

test("N19: all mirrors refuse: the first one's reason, each asked once", async () => {
  const { error, asked } = await mirrored({ status: 403 }, { status: 404 });
  expect([error?.code, asked]).toEqual(["E_AUTH", "ab"]);
});

test("N15: a mirror takes over from a host that fails in the middle, without a wait", async () => {
  const { result, waits } = await mirrored([undefined, ...Array<Fault>(20).fill({ status: 503 })]);
  expect([result?.receivedBytes, waits]).toEqual([3_000_000, []]);
});

test("N15: two hosts that fail are each asked six times", async () => {
  const { error, asked, events } = await mirrored({ status: 500 }, { refuse: true });
  expect([error?.code, asked.replaceAll("b", "")]).toEqual(["E_NETWORK", "aaaaaa"]);
  expect(events.filter(({ type }) => type === "retry")).toHaveLength(11);
});

test("N4: a mirror that has another size is passed over", async () => {
  const { result, asked } = await mirrored({ content: bytes.subarray(1) });
  expect([result?.url.includes("/b"), asked]).toEqual([true, "abbb"]);
});

test("N20: a captive portal's page is not the file", async () => {
  const sized = await mirrored({ captivePortal: true }, { captivePortal: true });
  expect(sized.error?.code).toBe("E_SIZE");
  const unsized = { size: undefined } as never;
  const { error } = await mirrored(
    { captivePortal: true },
    { captivePortal: true },
    { request: unsized },
  );
  expect(error?.code).toBe("E_DIGEST");
  expect(error?.message).toContain("web page");
  const half = await mirrored({ captivePortal: true }, {}, { request: unsized });
  expect(half.result?.url).toContain("/b");
});

test("N20: wrong bytes of the right size are fetched once more, from the mirror", async () => {
  const { result, events } = await mirrored({ wrongBytes: [2_500_000] });
  expect([result?.url.includes("/b"), result?.receivedBytes]).toEqual([true, 6_000_000]);
  expect(events.find(({ type }) => type === "restart")).toMatchObject({
    reason: expect.stringContaining("expected, got"),
  });
});

test("N20: wrong bytes everywhere are E_DIGEST, and nothing of them stays", async () => {
  await using server = await faultyServer({
    files: { "/a": bytes, "/b": bytes },
    faults: { "*": { wrongBytes: [0] } },
  });
  await using dir = await tempDir();
  const urls = [server.url("/a"), server.url("/b")];
  const both = await fetchTrial({ dir: dir.path, urls, bytes, options });
  expect([both.error?.code, both.readBytes]).toEqual(["E_DIGEST", 6_000_000]);
  expect(both.error?.message).toContain(server.url("/b"));
  expect(await readdir(dir.path)).toEqual(["model.onnx"]);
  const one = await fetchTrial({ dir: dir.path, urls: urls.slice(0, 1), bytes, options });
  expect([one.error?.code, one.readBytes]).toEqual(["E_DIGEST", 6_000_000]);
});

test("N20: one host whose bytes were wrong once is asked once more from the start", async () => {
  await using server = await faultyServer({
    files: { "/a": bytes },
    faults: { "/a": [{ wrongBytes: [9] }] },
  });
  await using dir = await tempDir();
  const { result } = await fetchTrial({ dir: dir.path, urls: [server.url("/a")], bytes, options });
  expect(result?.receivedBytes).toBe(6_000_000);
});
