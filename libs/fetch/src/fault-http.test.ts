import { expect, test } from "@jest/globals";
import { faultyServer, selfSigned, tempDir, type Fault } from "@plimsoll/testing";
import { randomBytes } from "node:crypto";
import { fetchTrial, secret, type Outcome, type Trial } from "./testing/trial.ts";

const bytes = randomBytes(200_000);

async function against(
  fault: Fault,
  trial: Partial<Trial> = {},
): Promise<Outcome & { readonly requests: number }> {
  await using server = await faultyServer({ files: { "/m": bytes }, faults: { "/m": fault } });
  await using dir = await tempDir();
  const outcome = await fetchTrial({ dir: dir.path, urls: [server.url("/m")], bytes, ...trial });
  return { ...outcome, requests: server.requests.length };
}

test.each([1, 3])("N9: a body in %d layers of gzip is refused unread", async (gzipLayers) => {
  const bomb = { content: new Uint8Array(20_000_000), gzipLayers, ignoreRange: true };
  const { error, requests } = await against(bomb, { mostBytes: 0 });
  expect([error?.code, requests]).toEqual(["E_NETWORK", 1]);
  expect(error?.message).toContain("gzip");
});

test("N10: a redirect loop and six hops are E_REDIRECT, five are followed", async () => {
  await using server = await faultyServer({
    files: { "/h5": bytes },
    faults: {
      "/loop": { redirectTo: "/loop" },
      ...Object.fromEntries(
        [0, 1, 2, 3, 4].map((hop) => [`/h${hop}`, { redirectTo: `/h${hop + 1}` }]),
      ),
      "/start": { redirectTo: "/h0" },
    },
  });
  await using dir = await tempDir();
  const follow = (path: string): Promise<Outcome> =>
    fetchTrial({ dir: dir.path, urls: [server.url(path)], bytes });
  expect((await follow("/h0")).result?.size).toBe(200_000);
  expect((await follow("/start")).error?.code).toBe("E_REDIRECT");
  expect((await follow("/loop")).error?.code).toBe("E_REDIRECT");
});

test.each([
  "http://models.example/m",
  "file:///etc/passwd",
  "data:text/plain,x",
  "ftp://models.example/m",
  "https://user:pass@models.example/m",
])("N11: a redirect to %s is refused", async (redirectTo) => {
  const { error, requests } = await against({ redirectTo });
  expect([error?.code, requests]).toEqual(["E_REDIRECT", 1]);
});

test("N11: https does not go down to http, not even on this machine", async () => {
  await using plain = await faultyServer({ files: { "/m": bytes } });
  await using server = await faultyServer({
    tls: true,
    faults: { "/m": { redirectTo: plain.url("/m") } },
  });
  await using dir = await tempDir();
  const http = { ca: server.ca ?? "" };
  const { error } = await fetchTrial({ dir: dir.path, urls: [server.url("/m")], bytes, http });
  expect([error?.code, plain.requests.length]).toEqual(["E_REDIRECT", 0]);
});

test("N11: an address that is not of the web needs a store, and http needs loopback", async () => {
  await using dir = await tempDir();
  for (const url of ["ftp://models.example/m", "http://models.example/m"]) {
    const { error } = await fetchTrial({ dir: dir.path, urls: [url], bytes });
    expect(error?.code).toBe("E_USAGE");
  }
});

test("N12: credentials go to their own origin and not to where it redirects", async () => {
  await using other = await faultyServer({ files: { "/m": bytes } });
  await using server = await faultyServer({ faults: { "/m": { redirectTo: other.url("/m") } } });
  await using dir = await tempDir();
  const headers = { authorization: `Bearer ${secret}`, "x-admin-token": secret };
  const http = { credentials: { [server.origin]: headers } };
  const { result } = await fetchTrial({ dir: dir.path, urls: [server.url("/m")], bytes, http });
  expect(result?.size).toBe(200_000);
  expect(server.requests[0]?.headers).toMatchObject(headers);
  expect(JSON.stringify(other.requests)).not.toContain(secret);
});

test("N14: a host that stalls in a body is asked again for the rest", async () => {
  await using server = await faultyServer({
    files: { "/m": bytes },
    faults: { "/m": [{ stallAfter: 70_000 }] },
  });
  await using dir = await tempDir();
  const http = { idleTimeoutMs: 100 };
  const urls = [server.url("/m")];
  const { result, events } = await fetchTrial({ dir: dir.path, urls, bytes, http });
  expect(result?.receivedBytes).toBe(200_000);
  expect(events.find(({ type }) => type === "retry")).toMatchObject({ attempt: 1 });
});

test("N14: one that stalls before, or drips, every time is E_TIMEOUT", async () => {
  const http = { idleTimeoutMs: 30, slowWindowMs: 120, minBytesPerSecond: 10_000 };
  const stalled = await against({ stallAfter: 0 }, { http, options: { tries: 2 } });
  expect([stalled.error?.code, stalled.requests]).toEqual(["E_TIMEOUT", 2]);
  const drip = await against({ dripBytesPerSecond: 100 }, { http, options: { tries: 2 } });
  expect(drip.error?.code).toBe("E_TIMEOUT");
});

test("N16: certificates that are self-signed, expired or of another host fail at once", async () => {
  const expired = selfSigned({ notAfter: new Date(Date.now() - 1000) });
  const elsewhere = selfSigned({ names: ["models.example"] });
  const own = selfSigned();
  await using dir = await tempDir();
  for (const [tls, ca] of [
    [own, undefined],
    [expired, expired.cert],
    [elsewhere, elsewhere.cert],
  ] as const) {
    await using server = await faultyServer({ tls, files: { "/m": bytes } });
    const http = ca === undefined ? {} : { ca };
    const urls = [server.url("/m")];
    const { error, waits } = await fetchTrial({ dir: dir.path, urls, bytes, http });
    expect([error?.code, waits.length, server.requests.length]).toEqual(["E_NETWORK", 0, 0]);
    expect(error?.message).toContain("certificate");
  }
  await using server = await faultyServer({ tls: own, files: { "/m": bytes } });
  const urls = [server.url("/m")];
  const { result } = await fetchTrial({ dir: dir.path, urls, bytes, http: { ca: own.cert } });
  expect(result?.size).toBe(200_000);
});

test.each([
  ["2", 2000],
  ["999999", 60_000],
  ["0", 0],
  ["-1", 1000],
  ["x", 1000],
])("N17: Retry-After %s: a wait of %d ms", async (retryAfter, waitMs) => {
  await using server = await faultyServer({
    files: { "/m": bytes },
    faults: {
      "/m": [
        { status: 503, retryAfter },
        { status: 429, retryAfter },
      ],
    },
  });
  await using dir = await tempDir();
  const { result, events } = await fetchTrial({ dir: dir.path, urls: [server.url("/m")], bytes });
  expect(result?.size).toBe(200_000);
  const waits = events.flatMap((event) => (event.type === "retry" ? [event.waitMs] : []));
  expect(waits).toEqual([waitMs, waitMs === 1000 ? 2000 : waitMs]);
});

test("N17: Retry-After as a date is the time until then", async () => {
  const retryAfter = new Date(Date.now() + 20_000).toUTCString();
  await using server = await faultyServer({
    files: { "/m": bytes },
    faults: { "/m": [{ status: 503, retryAfter }] },
  });
  await using dir = await tempDir();
  const { waits } = await fetchTrial({ dir: dir.path, urls: [server.url("/m")], bytes });
  expect(waits[0]).toBeGreaterThan(15_000);
  expect(waits[0]).toBeLessThanOrEqual(20_000);
});

test.each([
  [401, "E_AUTH"],
  [403, "E_AUTH"],
  [404, "E_NOT_FOUND"],
])("N19: %d is asked once, and the message says what to do", async (status, code) => {
  const { error, requests } = await against({ status });
  expect([error?.code, requests]).toEqual([code, 1]);
  expect(error?.message).toMatch(/plimsoll\.config\.json|check the URL/);
});
