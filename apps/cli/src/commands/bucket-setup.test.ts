import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { fakeS3, type FakeS3 } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

let server: FakeS3;
beforeEach(async () => {
  server = await fakeS3();
});
afterEach(() => server.close());

async function setup(bucket: string, ...argv: readonly string[]) {
  const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
  const io = fakeIo({ cwd: "/", env });
  const url = `s3://${bucket}?endpoint=${server.endpoint}`;
  const exit = await main(["bucket", "setup", url, ...argv], io);
  return { exit, out: io.out(), err: io.err(), events: io.events };
}

const wish = ["--versioning", "--abort-incomplete", "7d", "--cors", "https://app.test"];

test("shows what is and what will be; --yes does it; again there is nothing to do", async () => {
  const seen = await setup("fresh", ...wish);
  expect([seen.exit, seen.err]).toEqual([0, ""]);
  expect(seen.out).toMatch(/^bucket +absent +created$/m);
  expect(seen.out).toMatch(/^versioning +off +on$/m);
  expect(seen.out).toMatch(/^4 changes to make\. .*--yes/m);
  expect(server.requests.every(({ method }) => method !== "PUT")).toBe(true);
  const done = await setup("fresh", ...wish, "--yes");
  expect(done.out).toMatch(/^Made 4 changes\.$/m);
  const again = await setup("fresh", ...wish, "--yes");
  expect(again.out).toMatch(/^CORS +https:\/\/app\.test +\(as it is\)$/m);
  expect(again.out).toMatch(/^Nothing to do\.$/m);
  expect((await setup("fresh", ...wish, "--json")).events().at(-1)).toMatchObject({
    command: "bucket setup",
    changes: 0,
  });
});

test("what the host does not have is exit 2, and nothing is changed", async () => {
  server.script(({ query }) => (query.has("lifecycle") ? { code: "NotImplemented" } : undefined));
  const { exit, out, err } = await setup("weights", ...wish, "--yes");
  expect(exit).toBe(2);
  expect(out).toMatch(/^lifecycle +not known to this host +impossible$/m);
  expect(err).toMatch(/^plimsoll: E_USAGE s3:\/\/weights: this host has no lifecycle: [^\n]*\n$/);
  expect(server.document("weights", "versioning")).toBeUndefined();
});

test.each([
  [["--abort-incomplete", "soon"], /--abort-incomplete "soon"/],
  [["--expire-old", "12h"], /whole days/],
  [["--cors", "app.test/page"], /--cors "app\.test\/page"/],
  [["--replicate-to", "backup"], /--replication-role/],
])("%j is refused", async (argv, message) => {
  expect(await setup("weights", ...argv)).toMatchObject({
    exit: 2,
    err: expect.stringMatching(message),
  });
});
