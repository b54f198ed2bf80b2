import { mkdir, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { fakeS3, type FakeS3, tempDir, type TempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

let dir: TempDir;
let server: FakeS3;
let store = "";
beforeEach(async () => {
  dir = await tempDir();
  server = await fakeS3();
  store = `s3://weights/team?endpoint=${server.endpoint}&conditional=1&checksum=crc32`;
  await mkdir(dir.join("weights"));
  await writeFile(dir.join("weights/net.onnx"), "the weights");
});
afterEach(async () => {
  await server.close();
  await dir.remove();
});

async function plimsoll(...argv: readonly string[]) {
  const env = {
    PLIMSOLL_CACHE_DIR: dir.join("cache"),
    S3_ACCESS_KEY: server.accessKey,
    S3_SECRET_KEY: server.secretKey,
    MODEL_STORE: store,
  };
  const io = fakeIo({ cwd: dir.path, env });
  const exit = await main(argv, io);
  return { exit, out: io.out(), err: io.err(), events: io.events };
}

const publish = (release: string, ...more: readonly string[]) =>
  plimsoll("publish", "weights", "--to", store, "--model", "net", "--release", release, ...more);

test("prune lists, and removes only with --yes", async () => {
  for (const release of ["v1.0.0", "v1.1.0", "v1.2.0"]) await publish(release);
  const seen = await plimsoll("prune", "net", "--keep", "1");
  expect([seen.exit, seen.err]).toEqual([0, ""]);
  expect(seen.out).toMatch(/^v1\.1\.0 +to be removed +old +3 objects, /m);
  expect(seen.out).toMatch(/^Would remove 2 versions, .*--yes/m);
  expect(server.keys("weights").filter((key) => key.endsWith("manifest.json"))).toHaveLength(3);
  const done = await plimsoll("prune", "net", "--keep", "1", "--yes");
  expect(done.out).toMatch(/^Removed 2 versions, /m);
  expect(server.keys("weights").filter((key) => key.startsWith("team/models/"))).toEqual([
    "team/models/net/v1.2.0/SHA256SUMS",
    "team/models/net/v1.2.0/net.onnx",
    "team/models/net/v1.2.0/manifest.json",
  ]);
  expect((await plimsoll("prune", "net", "--keep", "1", "--yes")).out).toMatch(/Nothing to remove/);
});

test.each([
  [["prune", "net"], 2, /--keep/],
  [["prune", "net", "--keep", "0"], 2, /--keep "0"/],
  [["prune", "net@v1.0.0", "--keep", "1"], 2, /takes a model/],
  [["prune", "other", "--keep", "1"], 3, /no such model/],
  [["presign", "net@v1.0.0", "net.onnx", "--expires", "8d"], 2, /at most 7d/],
  [["presign", "net@v1.0.0", "net.onnx", "--expires", "soon"], 2, /--expires "soon"/],
  [["presign", "net@v1.0.0", "net.onnx", "--sha256", "ab"], 2, /--method PUT/],
  [["presign", "net@v1.0.0", "net.onnx", "--method", "POST"], 2, /GET or PUT/],
  [["presign", "net@v1.0.0", "gone.onnx"], 3, /has no gone\.onnx, only net\.onnx/],
  [["presign", "net@v1.0.0", "net.onnx", "--store", "./folder"], 2, /no signed URLs/],
  [["adopt", "./store", "--model", "NO"], 2, /--model/],
])("%j exits %i with a line that says why", async (argv, exit, message) => {
  await publish("v1.0.0");
  const done = await plimsoll(...argv);
  expect(done.exit).toBe(exit);
  expect(done.err).toMatch(/^plimsoll: E_[A-Z_]+ [^\n]*\n$/);
  expect(done.err).toMatch(message);
});

test("presign: a URL that a plain client can read; a PUT takes the bytes that it is bound to", async () => {
  await publish("v1.0.0");
  const get = await plimsoll("presign", "net@v1.0.0", "net.onnx", "--expires", "15m");
  expect(get.exit).toBe(0);
  const answer = await fetch(get.out.trim());
  expect(await answer.text()).toBe("the weights");

  const sha256 = "9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0";
  const put = await plimsoll(
    ...["presign", "net@v2.0.0", "new.onnx", "--method", "PUT", "--sha256", sha256, "--json"],
  );
  const event = put.events().at(-1) as { url: string; headers: Record<string, string> };
  expect(event).toMatchObject({ type: "result", command: "presign", method: "PUT" });
  const send = async (body: string) =>
    (await fetch(event.url, { method: "PUT", body, headers: event.headers })).status;
  expect(await send("bbb")).toBe(400);
  expect(await send("aaa")).toBe(200);
});

test("adopt pins a folder that was filled by hand", async () => {
  server.put("weights", "team/models/yolov8m/v2.0.0/yolov8m.pt", Buffer.from("by hand"));
  server.put("weights", "team/models/yolov8m/latest/yolov8m.pt", Buffer.from("by hand"));
  const seen = await plimsoll("adopt", store);
  expect(seen.exit).toBe(0);
  expect(seen.out).toMatch(/^yolov8m +v2\.0\.0 +1 file, 7 B +unpinned: would be adopted$/m);
  const done = await plimsoll("adopt", store, "--yes");
  expect(done.out).toMatch(/^yolov8m +v2\.0\.0 .*adopted/m);
  expect(done.out).toMatch(/^yolov8m +latest .*has the bytes of v2\.0\.0: the channel latest/m);
  expect((await plimsoll("versions", "yolov8m")).out).toMatch(/^v2\.0\.0 +published/m);
});

test("publish --mirror-latest fills latest/ for older readers", async () => {
  const { exit } = await publish("v1.0.0", "--mirror-latest");
  expect(exit).toBe(0);
  expect(server.object("weights", "team/models/net/latest/net.onnx")?.bytes.toString()).toBe(
    "the weights",
  );
});
