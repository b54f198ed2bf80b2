import { expect, test } from "@jest/globals";
import { faultyServer, tempDir, type Fault } from "@plimsoll/testing";
import { randomBytes } from "node:crypto";
import { fetchTrial, type Outcome, type Trial } from "./testing/trial.ts";

const bytes = randomBytes(300_000);
const mib3 = randomBytes(3_000_000);

/** Small segments, so that a small file takes several requests. */
const lanes = { segmentBytes: 1_048_576, lanesPerFile: 3 };

async function against(
  faults: Fault | (Fault | undefined)[],
  trial: Partial<Trial> = {},
): Promise<Outcome & { readonly requests: number }> {
  const content = trial.bytes ?? bytes;
  await using server = await faultyServer({ files: { "/m": content }, faults: { "/m": faults } });
  await using dir = await tempDir();
  const urls = [server.url("/m")];
  const outcome = await fetchTrial({ dir: dir.path, urls, bytes: content, ...trial });
  return { ...outcome, requests: server.requests.length };
}

test("N1: a body cut after half its length goes on from there", async () => {
  const { result, waits, requests } = await against([{ cutAfter: 150_000 }]);
  expect([result?.receivedBytes, requests, waits]).toEqual([300_000, 2, [1000]]);
});

test("N1: cut again and again with some progress each time, it still ends", async () => {
  const faults = Array<Fault>(12).fill({ cutAfter: 250_000 });
  const { result, requests } = await against(faults, { bytes: mib3 });
  expect(result?.receivedBytes).toBe(3_000_000);
  expect(requests).toBeGreaterThan(10);
});

test("N1: lanes that are cut side by side each go on where they were", async () => {
  const faults = [undefined, { cutAfter: 500_000 }, { cutAfter: 10 }, { cutAfter: 900_000 }];
  const { result } = await against(faults, { bytes: mib3, options: lanes });
  expect(result?.receivedBytes).toBe(3_000_000);
});

test("N2: a connection's end that ends the body too early is E_SIZE, not a short file", async () => {
  const cut = { closeDelimited: true, ignoreRange: true, cutAfter: 50 };
  const { error, requests } = await against(cut, { mostBytes: 1000 });
  // Six tries, and the one that showed that the host gives no ranges to go on with.
  expect([error?.code, requests]).toEqual(["E_SIZE", 7]);
  expect((await against([cut])).result?.size).toBe(300_000);
});

test("N2: where nobody knows the size, the digest tells that the end was too early", async () => {
  const faults = { closeDelimited: true, ignoreRange: true, cutAfter: 50 };
  const request = { size: undefined } as never;
  const { error } = await against(faults, { request });
  expect(error?.code).toBe("E_DIGEST");
});

test.each<[string, Fault]>([
  ["a chunked body without its end", { chunkedWithoutEnd: true, cutAfter: 50_000 }],
  ["a length and chunks together", { lengthAndChunked: true }],
  ["two lengths", { twoContentLengths: true }],
])("N3: %s is refused, and a right answer after it is taken", async (_name, fault) => {
  const { error } = await against(fault);
  expect(["E_NETWORK", "E_SIZE"]).toContain(error?.code);
  expect((await against([fault])).result?.size).toBe(300_000);
});

test("N4: a body without end is left as soon as it is too long", async () => {
  const { error } = await against({ endless: true, ignoreRange: true }, { mostBytes: 365_536 });
  expect(error?.code).toBe("E_SIZE");
});

test("N4: without any known size it ends at the limit", async () => {
  const { error } = await against(
    { endless: true, ignoreRange: true },
    {
      request: { size: undefined, sha256: undefined } as never,
      options: { maxBytes: 1_000_000 },
      mostBytes: 1_065_536,
    },
  );
  expect(error?.code).toBe("E_SIZE");
});

test("N4: a length that is not the manifest's is refused on the header", async () => {
  const other = { content: randomBytes(400_000) };
  const { error, requests } = await against(other, { mostBytes: 0 });
  expect([error?.code, requests]).toEqual(["E_SIZE", 1]);
  expect(error?.message).toContain("300000 bytes expected");
  const bounded = { size: undefined, sizeBounds: { min: 290_000, max: 310_000 } } as never;
  expect((await against(other, { request: bounded, mostBytes: 0 })).error?.code).toBe("E_SIZE");
  expect((await against([], { request: bounded })).result?.size).toBe(300_000);
});

test("N4: bytes after the announced length are not taken", async () => {
  const { result, error } = await against({ extraBytes: 40 });
  expect(error?.code ?? result?.size).toBe(300_000);
});

test("N15: a host that refuses every connection is asked six times with growing waits", async () => {
  const { error, requests, waits } = await against({ refuse: true, reset: true });
  expect([error?.code, requests, waits]).toEqual([
    "E_NETWORK",
    6,
    [1000, 2000, 4000, 8000, 16_000],
  ]);
  expect(error?.message).toContain("gave up after 6 tries");
});

test.each([0, 1, 150_000, 299_999])(
  "N15: a reset after %d bytes is gone over",
  async (cutAfter) => {
    const { result, waits } = await against([{ cutAfter, reset: true }]);
    expect([result?.size, waits.length]).toEqual([300_000, 1]);
  },
);

test("N15: a name that does not exist and a port where nobody listens are E_NETWORK after six tries", async () => {
  await using dir = await tempDir();
  const gone = await faultyServer();
  await gone.close();
  for (const url of [`${gone.origin}/m`, "https://no-such-host.invalid/m"]) {
    const { error, waits } = await fetchTrial({ dir: dir.path, urls: [url], bytes });
    expect([error?.code, waits.length]).toEqual(["E_NETWORK", 5]);
  }
});

test("N15: a host that goes down with many lanes open is asked six times, not six times a lane", async () => {
  let up = true;
  const first = mib3.subarray(0, 1_048_576).length;
  await using server = await faultyServer({
    files: { "/m": mib3 },
    faults: {
      "/m": ({ number }) => {
        if (number > 0) up = false;
        return up ? {} : { status: 503 };
      },
    },
  });
  await using dir = await tempDir();
  const urls = [server.url("/m")];
  const outcome = await fetchTrial({ dir: dir.path, urls, bytes: mib3, options: lanes });
  expect(outcome.error?.code).toBe("E_NETWORK");
  expect(server.requests.length).toBeLessThanOrEqual(1 + 3 + 6);
  expect(outcome.readBytes).toBe(first);
});
