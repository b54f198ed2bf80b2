import { execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { CreateBucketCommand, CreateMultipartUploadCommand } from "@aws-sdk/client-s3";
import { afterAll, expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";

import { bytesSource } from "../../bytes-source.ts";
import { collect } from "../../conformance/expectation.ts";
import { runConformance } from "../../conformance/index.ts";
import type { Driver } from "../../driver.ts";
import type { StorageError } from "../../error.ts";
import { fileSource } from "../../file-source.ts";
import { openStore } from "../../open-store.ts";
import { parseStoreUrl } from "../../parse-store-url.ts";
import type { DriverSettings } from "../driver-factory.ts";
import { driverSettings } from "../driver-settings.ts";
import { openS3Store } from "../s3.ts";
import { s3Client } from "./s3-client.ts";
import { readS3Settings } from "./s3-settings.ts";
import { s3Tuning, type S3Tuning } from "./s3-tuning.ts";

const MiB = 2 ** 20;
const longMs = 60_000;
const run = promisify(execFile);
const index = new URL("../../index.ts", import.meta.url).href;
const endpoint = process.env["PLIMSOLL_TEST_S3"];

if (endpoint === undefined) {
  test.skip("real S3 server: skipped, PLIMSOLL_TEST_S3 is not set (npm run test:s3 starts one)", () =>
    undefined);
} else {
  await realServer(endpoint);
}

/** The suite over a server that somebody else wrote. Everything happens in one new bucket. */
async function realServer(endpoint: string): Promise<void> {
  const bucket = `plimsoll-${randomBytes(6).toString("hex")}`;
  /** Parts of the smallest size that S3 takes. */
  const tuning: S3Tuning = {
    ...s3Tuning,
    singleBytes: 4 * MiB,
    partBytes: 5 * MiB,
    copyBytes: 6 * MiB,
    copyPartBytes: 5 * MiB,
  };
  const locationOf = (prefix: string) =>
    parseStoreUrl(`s3://${bucket}/${prefix}?endpoint=${endpoint}`);
  const admin = s3Client(readS3Settings(locationOf(""), driverSettings()), tuning, undefined, {});
  await admin.send(new CreateBucketCommand({ Bucket: bucket }));

  const opened: Driver[] = [];
  afterAll(async () => {
    for (const driver of opened) await driver.close();
    admin.destroy();
  });
  const open = async (
    prefix: string,
    settings: Partial<DriverSettings> = {},
    more: Partial<S3Tuning> = {},
  ): Promise<Driver> => {
    const all = driverSettings({ forWriting: true, ...settings });
    const driver = await openS3Store(locationOf(prefix), all, { ...tuning, ...more });
    opened.push(driver);
    return driver;
  };
  const unfinished = async (store: Driver): Promise<string[]> => {
    const keys: string[] = [];
    for await (const upload of store.multipart?.unfinished("") ?? []) keys.push(upload.key);
    return keys;
  };

  let stores = 0;
  await runConformance(
    async () => {
      const prefix = `conformance/${stores++}`;
      const beginUpload = async (key: string): Promise<void> => {
        const target = { Bucket: bucket, Key: `${prefix}/${key}` };
        await admin.send(new CreateMultipartUploadCommand(target));
      };
      return { driver: await open(prefix), beginUpload };
    },
    {
      test,
      largeBytes: 10 * MiB + 4321,
      timeoutMs: longMs,
      // Seen: of many swaps at once, Ceph 16 let two through. Its If-Match is no lock; fakes keep this case.
      except: { "S7: counting by read and swap loses no step": "Ceph 16 compares without a lock" },
    },
  );

  test.each([
    ["single requests", 100_000],
    ["multipart uploads", 10 * MiB + 5],
  ])(
    "S1: of 16 writers of different bytes one wins, in %s",
    async (name, size) => {
      const writers = await Promise.all(
        Array.from({ length: 16 }, () => open(`race/${name.slice(0, 6)}`)),
      );
      const contents = writers.map(() => randomBytes(size));
      const outcomes = await Promise.allSettled(
        writers.map((store, index) =>
          store.write("a", bytesSource(contents[index] ?? Buffer.alloc(0), "a"), {
            onlyIfAbsent: true,
          }),
        ),
      );
      const codes = outcomes.map((outcome) =>
        outcome.status === "fulfilled" ? "won" : (outcome.reason as StorageError).code,
      );
      expect(codes.filter((code) => code === "won")).toHaveLength(1);
      expect(codes.filter((code) => code === "E_EXISTS")).toHaveLength(15);
      const [store] = writers;
      const { body } = (await store?.read("a")) ?? { body: [] };
      const stored = await collect(body as AsyncIterable<Uint8Array>);
      expect(contents[codes.indexOf("won")]?.equals(stored)).toBe(true);
      expect(await unfinished(store as Driver)).toEqual([]);
    },
    longMs,
  );

  test("a wrong secret, an unknown key and a stranger are E_AUTH, each with its way out", async () => {
    const store = await open("auth");
    await store.write("a", bytesSource(randomBytes(10), "a"));
    const [strangerId = "", strangerSecret = ""] = (
      process.env["PLIMSOLL_TEST_S3_STRANGER"] ?? ""
    ).split(":");
    const id = process.env["S3_ACCESS_KEY"] ?? "";
    const cases = [
      [id, "wrong", /S3_SECRET_KEY/],
      ["nobody", "wrong", /S3_ACCESS_KEY/],
      [strangerId, strangerSecret, /access denied/],
    ] as const;
    for (const [S3_ACCESS_KEY, S3_SECRET_KEY, message] of cases) {
      const env = { S3_ACCESS_KEY, S3_SECRET_KEY };
      const other = await open("auth", { env, forWriting: false });
      const expected = { code: "E_AUTH", message: expect.stringMatching(message) };
      await expect(other.stat("a")).rejects.toMatchObject(expected);
      await expect(other.read("a")).rejects.toMatchObject(expected);
      await expect(other.write("b", bytesSource(randomBytes(9), "b"))).rejects.toMatchObject(
        expected,
      );
    }
  });

  test("an unsigned read of a private object and an expired URL are E_AUTH for a plain reader", async () => {
    const store = await open("private");
    await store.write("a.bin", bytesSource(randomBytes(10), "a"));
    const web = await openStore(`${endpoint}/${bucket}/private`);
    opened.push(web);
    await expect(web.read("a.bin")).rejects.toMatchObject({ code: "E_AUTH" });
    const { url = "" } = (await store.presign?.("a.bin", { expiresInSeconds: 3 })) ?? {};
    expect((await fetch(url)).status).toBe(200);
    await sleep(4_100);
    expect((await fetch(url)).status).toBe(403);
  });

  test(
    "S4: an upload whose process is killed is gone on with, and leaves no upload behind",
    async () => {
      await using dir = await tempDir();
      const path = dir.join("cut.onnx");
      const bytes = randomBytes(96 * MiB + 11);
      await writeFile(path, bytes);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const options = { onlyIfAbsent: true, sha256 };
      const code = `
        const { fileSource, openStore } = await import(${JSON.stringify(index)});
        const store = await openStore(${JSON.stringify(locationOf("cut").url)});
        const source = await fileSource(${JSON.stringify(path)});
        const onProgress = () => console.log("sent");
        await store.write("cut.onnx", source, { ...${JSON.stringify(options)}, onProgress });`;
      const flags = ["--import", "tsx", "--conditions=@plimsoll/source", "--input-type=module"];
      const child = spawn(process.execPath, [...flags, "-e", code], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      child.kill("SIGKILL");
      await once(child, "exit");

      const store = await open("cut", {}, s3Tuning);
      expect(await store.stat("cut.onnx")).toBeUndefined();
      expect(await unfinished(store)).toEqual(["cut.onnx"]);
      const stat = await store.write("cut.onnx", await fileSource(path), options);
      expect(stat).toMatchObject({ size: bytes.length, sha256 });
      expect(await unfinished(store)).toEqual([]);
      const stored = await collect((await store.read("cut.onnx")).body);
      expect(createHash("sha256").update(stored).digest("hex")).toBe(sha256);
    },
    longMs,
  );

  const hasAws = await run("aws", ["--version"]).then(
    () => true,
    () => false,
  );
  const withAws = hasAws ? test : test.skip;
  withAws(
    `the aws command reads what we wrote, and we read what it wrote${hasAws ? "" : " (skipped: no aws command)"}`,
    async () => {
      await using dir = await tempDir();
      const store = await open("aws");
      const aws = (...args: string[]) => run("aws", ["--endpoint-url", endpoint, ...args]);
      for (const size of [0, 1000, 20 * MiB + 3]) {
        const path = dir.join(`made-${size}`);
        const bytes = randomBytes(size);
        await writeFile(path, bytes);
        const key = `models/m/v1.0.0/f${size}.onnx`;
        await store.write(key, await fileSource(path), { onlyIfAbsent: true });
        const back = dir.join(`back-${size}`);
        await aws("s3", "cp", "--no-progress", `s3://${bucket}/aws/${key}`, back);
        expect((await readFile(back)).equals(bytes)).toBe(true);
        await aws("s3", "cp", "--no-progress", path, `s3://${bucket}/aws/latest/f${size}`);
        const { body, stat } = await store.read(`latest/f${size}`);
        expect(stat.size).toBe(size);
        expect(Buffer.from(await collect(body)).equals(bytes)).toBe(true);
      }
      const listed = await aws("s3", "ls", "--recursive", `s3://${bucket}/aws/models/`);
      expect(listed.stdout.trim().split("\n")).toHaveLength(3);
    },
    longMs,
  );
}
