import { expect, test } from "@jest/globals";
import { parseStoreUrl } from "@plimsoll/storage";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { checkRights } from "./check-rights.ts";

/** Asks a host that gives this answer to the right token. */
async function ask(store: string, token: string | undefined, status: number, body: unknown) {
  const server = createServer((request, response) => {
    const isKnown = request.headers.authorization === "Bearer good";
    response.writeHead(isKnown ? status : 401).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await checkRights(parseStoreUrl(store.replace("HOST", `http://127.0.0.1:${port}`)), {
      fetch,
      env: token === undefined ? {} : { GITHUB_TOKEN: token, HF_TOKEN: token },
      signal: new AbortController().signal,
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
const github = "github://o/r?api=HOST";
const hub = "hf://o/r?endpoint=HOST";

test.each([
  [github, "good", 200, { permissions: { push: true } }, "ok"],
  [github, "good", 200, { permissions: { push: false } }, "broken"],
  [github, "good", 200, {}, "skipped"],
  [github, "good", 404, {}, "broken"],
  [github, "bad", 200, { permissions: { push: true } }, "broken"],
  [github, undefined, 200, { permissions: { push: true } }, "broken"],
  [hub, "good", 200, { auth: { accessToken: { role: "write" } } }, "ok"],
  [hub, "good", 200, { auth: { accessToken: { role: "read" } } }, "broken"],
  [hub, "good", 200, { auth: { accessToken: { role: "fineGrained" } } }, "skipped"],
])("%s with token %s, answered %i %j: %s", async (store, token, status, body, state) => {
  const found = await ask(store, token, status, body);
  expect(found).toMatchObject({ check: "store: write", state });
  if (state === "broken") expect(found?.fix).toMatch(/_TOKEN/);
});

test("other stores are tried by a probe, not asked", async () => {
  expect(await ask("s3://bucket", "good", 200, {})).toBeUndefined();
});
