import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

const run = promisify(execFile);
/** Set by `npm run test:s3`, which starts a real radosgw. */
const endpoint = process.env["PLIMSOLL_TEST_S3"];
const hasAws = await run("aws", ["--version"]).then(
  () => true,
  () => false,
);
const real = endpoint === undefined ? test.skip : test;
const withAws = hasAws ? real : test.skip;
const longMs = 120_000;

async function place() {
  const dir = await tempDir();
  const bucket = `tidy-${randomBytes(6).toString("hex")}`;
  const store = `s3://${bucket}?endpoint=${endpoint}`;
  const plimsoll = async (...argv: readonly string[]) => {
    const env = { ...process.env, PLIMSOLL_CACHE_DIR: dir.join("cache"), MODEL_STORE: store };
    const io = fakeIo({ cwd: dir.path, env });
    const exit = await main(argv, io);
    return { exit, out: io.out(), err: io.err() };
  };
  expect((await plimsoll("bucket", "setup", store, "--yes")).exit).toBe(0);
  await mkdir(dir.join("weights"));
  await writeFile(dir.join("weights/net.onnx"), randomBytes(100_000));
  return { dir, bucket, store, plimsoll, [Symbol.asyncDispose]: dir.remove };
}

real(
  "radosgw: publish with --mirror-latest, presign, prune, doctor",
  async () => {
    await using here = await place();
    const { plimsoll, store } = here;
    for (const release of ["v1.0.0", "v1.1.0", "v1.2.0"]) {
      await writeFile(here.dir.join("weights/net.onnx"), randomBytes(100_000));
      const done = await plimsoll(
        ...["publish", "weights", "--to", store, "--model", "net", "--release", release],
        ...["--mirror-latest"],
      );
      expect([done.exit, done.err]).toEqual([0, expect.any(String)]);
    }
    const read = async (name: string): Promise<Buffer> => {
      const { out } = await plimsoll("presign", name, "net.onnx", "--expires", "10m");
      return Buffer.from(await (await fetch(out.trim())).arrayBuffer());
    };
    const newest = await read("net@v1.2.0");
    expect(newest.equals(await read("net@latest"))).toBe(true);
    expect(newest.equals(await read("net@v1.1.0"))).toBe(false);

    const done = await plimsoll("prune", "net", "--keep", "1", "--yes");
    expect(done.out).toMatch(/^Removed 2 versions, /m);
    const { out } = await plimsoll("versions", "net");
    expect(out.split("\n").map((line) => line.split(" ")[0])).toEqual([
      "VERSION",
      "v1.2.0",
      "latest",
      "",
    ]);
    const doctor = await plimsoll("doctor", store, "--write");
    expect(doctor.out).toMatch(/^ok +store: write: /m);
    expect(doctor.out).toMatch(/^ok +store: unfinished uploads: none/m);
  },
  longMs,
);

withAws(
  "radosgw: adopt pins what the aws command wrote",
  async () => {
    await using here = await place();
    const { plimsoll, bucket, store, dir } = here;
    const copy = (folder: string) =>
      run("aws", [
        ...["--endpoint-url", endpoint ?? "", "s3", "cp", "--no-progress"],
        ...[dir.join("weights/net.onnx"), `s3://${bucket}/models/yolov8m/${folder}/`],
      ]);
    await copy("latest");
    await copy("v2.0.0");
    const done = await plimsoll("adopt", store, "--yes");
    expect(done.out).toMatch(/^yolov8m +v2\.0\.0 .*adopted/m);
    expect(done.out).toMatch(/^yolov8m +latest .*the channel latest names it now$/m);
    const synced = await plimsoll("sync", store, "--model", "yolov8m", "--dir", "app");
    expect([synced.exit, synced.out]).toEqual([0, expect.stringMatching(/^1 file, /)]);
    expect((await plimsoll("adopt", store)).exit).toBe(0);
  },
  longMs,
);
