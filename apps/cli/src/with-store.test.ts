import { expect, test } from "@jest/globals";
import { fakeIo } from "./fake-io.ts";
import { main } from "./main.ts";

async function models(argv: readonly string[], env: Record<string, string> = {}) {
  const io = fakeIo({ cwd: "/", env });
  const exit = await main(["models", ...argv], io);
  return { exit, err: io.err() };
}

test("http:// beyond this machine needs --allow-http", async () => {
  const { exit, err } = await models(["--store", "http://host.test/w"]);
  expect(exit).toBe(2);
  expect(err).toMatch(/^plimsoll: E_USAGE .*host\.test.*http/);
  const endpoint = await models(["--store", "s3://bucket?endpoint=http://host.test"]);
  expect(endpoint.exit).toBe(2);
});

test("--offline and PLIMSOLL_OFFLINE leave only folders", async () => {
  const { exit, err } = await models(["--store", "s3://bucket", "--offline"]);
  expect([exit, err]).toEqual([
    2,
    expect.stringMatching(/E_USAGE s3:\/\/bucket: needs the network/),
  ]);
  expect((await models(["--store", "s3://bucket"], { PLIMSOLL_OFFLINE: "1" })).exit).toBe(2);
});

test("I5: a secret in a store URL is refused and not repeated", async () => {
  const { exit, err } = await models(["--store", "s3://user:hunter22@bucket"]);
  expect(exit).toBe(2);
  expect(err).not.toContain("hunter22");
});

test("no store at all: the ways to name one", async () => {
  const { exit, err } = await models([]);
  expect(exit).toBe(2);
  expect(err).toMatch(/--store <url>, set MODEL_STORE, or name one in plimsoll\.config\.json/);
});
