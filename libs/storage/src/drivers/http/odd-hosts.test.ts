import { expect, test } from "@jest/globals";
import { faultyServer, type FaultyServerOptions } from "@plimsoll/testing";

import type { Driver } from "../../driver.ts";
import { openStore } from "../../open-store.ts";

const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
const key = "models/m/v1.0.0/w.onnx";
const path = `/w/${key}`;

async function withStore<T>(
  faults: FaultyServerOptions["faults"],
  act: (driver: Driver, server: Awaited<ReturnType<typeof faultyServer>>) => Promise<T>,
  file: Uint8Array = bytes,
): Promise<T> {
  await using server = await faultyServer({ files: { [path]: file }, ...(faults && { faults }) });
  const waits: number[] = [];
  const sleep = async (ms: number): Promise<void> => void waits.push(ms);
  const driver = await openStore(`${server.origin}/w`, { sleep, random: () => 1 });
  try {
    return await act(driver, server);
  } finally {
    await driver.close();
  }
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

test.each([400, 403, 405, 501])(
  "a host that answers HEAD with %p is asked for a byte",
  async (status) => {
    const noHead = {
      [path]: (request: { method: string }) => (request.method === "HEAD" ? { status } : {}),
    };
    for (const [content, size] of [
      [bytes, bytes.length],
      [Buffer.alloc(0), 0],
    ] as const) {
      await withStore(
        noHead,
        async (driver) => expect((await driver.stat(key))?.size).toBe(size),
        content,
      );
    }
  },
);

test("a host that states no length is measured up to 4 MiB, and no further", async () => {
  const unsized = { [path]: { chunked: true, ignoreRange: true } };
  await withStore(unsized, async (driver) => {
    expect((await driver.stat(key))?.size).toBe(bytes.length);
    const { stat, body } = await driver.read(key, { start: 10, end: 90_000 });
    expect(stat.size).toBe(bytes.length);
    expect((await collect(body)).equals(bytes.subarray(10, 90_000))).toBe(true);
  });
  const large = Buffer.alloc(4 * 1024 * 1024 + 1);
  await withStore(
    unsized,
    async (driver) => {
      await expect(driver.read(key)).rejects.toMatchObject({ code: "E_SIZE" });
    },
    large,
  );
});

test("N5: a host without ranges still gives the range, and the rest is left unread", async () => {
  await withStore({ [path]: { ignoreRange: true } }, async (driver) => {
    const { stat, body } = await driver.read(key, { start: 70_000, end: 70_010 });
    expect(stat.size).toBe(bytes.length);
    expect((await collect(body)).equals(bytes.subarray(70_000, 70_010))).toBe(true);
    await expect(driver.read(key, { start: bytes.length })).rejects.toMatchObject({
      code: "E_RANGE",
    });
  });
});

test("a range whose answer hides the object's size is completed by a second question", async () => {
  const contentRange = "bytes 5-9/*";
  const hidden = {
    [path]: (request: { method: string }) => (request.method === "GET" ? { contentRange } : {}),
  };
  await withStore(hidden, async (driver) => {
    const { stat, body } = await driver.read(key, { start: 5, end: 10 });
    expect(stat.size).toBe(bytes.length);
    expect((await collect(body)).equals(bytes.subarray(5, 10))).toBe(true);
  });
});

test("N15, N17: an answer that may pass is asked for again, a refusal is not", async () => {
  await withStore(
    { [path]: [{ status: 503, retryAfter: "1" }, { refuse: true }] },
    async (driver, server) => {
      expect((await collect((await driver.read(key)).body)).equals(bytes)).toBe(true);
      expect(server.of(path)).toHaveLength(3);
    },
  );
  await withStore({ [path]: { status: 401 } }, async (driver, server) => {
    await expect(driver.read(key)).rejects.toMatchObject({ code: "E_AUTH" });
    expect(server.of(path)).toHaveLength(1);
  });
});

test("keys are encoded so that no host reads + as a space", async () => {
  await withStore(undefined, async (driver, server) => {
    expect(driver.locate("a+b@c.bin")).toBe(`${server.origin}/w/a%2Bb%40c.bin`);
  });
});

test("a shared client stays open when the store is closed, its own one is closed", async () => {
  await using server = await faultyServer({ files: { [path]: bytes } });
  const { httpClient } = await import("../../http/create-client.ts");
  const http = httpClient();
  const sharing = await openStore(`${server.origin}/w`, { http });
  await sharing.close();
  expect((await sharing.stat(key))?.size).toBe(bytes.length);
  http.close();
  const own = await openStore(`${server.origin}/w`);
  await own.close();
  await expect(own.stat(key)).rejects.toMatchObject({ code: "E_USAGE" });
});
