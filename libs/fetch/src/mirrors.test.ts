import { expect, test } from "@jest/globals";
import { faultyServer, tempDir, type Fault } from "@plimsoll/testing";
import { randomBytes } from "node:crypto";
import { fixedChunks } from "./testing/fixed-chunks.ts";
import { fetchTrial, type Outcome } from "./testing/trial.ts";

const kib64 = 65_536;
const bytes = randomBytes(100 * kib64);
const chunks = fixedChunks(bytes, kib64);

async function against(
  ...faults: readonly (Fault | readonly (Fault | undefined)[])[]
): Promise<Outcome & { readonly asked: readonly number[] }> {
  await using server = await faultyServer({
    files: Object.fromEntries(faults.map((_fault, index) => [`/${index}`, bytes])),
    faults: Object.fromEntries(faults.map((fault, index) => [`/${index}`, fault as Fault])),
  });
  await using dir = await tempDir();
  const outcome = await fetchTrial({
    dir: dir.path,
    urls: faults.map((_fault, index) => server.url(`/${index}`)),
    bytes,
    mostBytes: bytes.length * 3,
    request: { chunks },
    options: { segmentBytes: 8 * kib64, lanesPerFile: 4, now: () => performance.now() },
  });
  const asked = faults.map(
    (_fault, index) => server.requests.filter(({ path }) => path.startsWith(`/${index}`)).length,
  );
  return { ...outcome, asked };
}

test("the faster mirror brings most, whichever stands first", async () => {
  const { result, asked } = await against({ dripBytesPerSecond: 1_000_000 }, {});
  expect(result?.size).toBe(bytes.length);
  expect(asked[1]).toBeGreaterThan(asked[0] ?? 0);
});

test("N14: the last chunks of a mirror that stalls come from the other one, before its time is out", async () => {
  const stall = { stallAfter: 100_000 };
  const { result, error } = await against([stall, stall, stall, stall, stall, stall], {});
  expect(error).toBeUndefined();
  expect(result?.elapsedMs).toBeLessThan(20_000);
});

test("N19: one mirror has nothing: the other brings all of it", async () => {
  const { result, events } = await against({ status: 404 }, {});
  expect(result?.receivedBytes).toBe(bytes.length);
  expect(events.some(({ type }) => type === "source")).toBe(true);
});
