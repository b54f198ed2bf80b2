import { mkdir, truncate, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

async function plimsoll(cwd: string, ...argv: readonly string[]) {
  const io = fakeIo({ cwd });
  const exit = await main(argv, io);
  return { exit, out: io.out(), err: io.err(), events: io.events };
}

test("cost: each host with storage, requests, egress, and the date of its prices", async () => {
  await using dir = await tempDir();
  await mkdir(dir.join("weights"));
  await writeFile(dir.join("weights/a.onnx"), "");
  await truncate(dir.join("weights/a.onnx"), 512 * 2 ** 20);
  const { exit, out, err } = await plimsoll(dir.path, "cost", "weights", "--downloads", "100");
  expect([exit, err]).toEqual([0, ""]);
  // 50 GB at $0.09, 100 × (128 ranges + 1) reads at $0.0004 a thousand.
  expect(out).toMatch(/^Amazon S3 +0\.01 +0\.01 +4\.50 +4\.52 +2025-11 /m);
  expect(out).toMatch(/^DigitalOcean Spaces +5\.00 +0 +0 +5\.00 +2025-11 /m);
  expect(out).toMatch(/^Cloudflare R2 +0 +0 +0 +0 +2026-08 /m);
  const json = await plimsoll(dir.path, "cost", "weights", "--json");
  expect(json.events().at(-1)).toMatchObject({ command: "cost", bytes: 512 * 2 ** 20 });
  const wrong = await plimsoll(dir.path, "cost", "weights", "--downloads", "many");
  expect([wrong.exit, wrong.err]).toEqual([2, expect.stringMatching(/--downloads "many"/)]);
});

test("policy s3 prints JSON for the role, bounded by the store's prefix", async () => {
  const policy = async (...argv: readonly string[]) => {
    const done = await plimsoll("/", "policy", "s3", ...argv);
    return { ...done, text: done.exit === 0 ? JSON.stringify(JSON.parse(done.out)) : "" };
  };
  const reader = await policy("s3://bucket/team");
  expect(reader.text).toContain("arn:aws:s3:::bucket/team/*");
  expect(reader.text).not.toContain("PutObject");
  const publisher = await policy("s3://bucket/team?region=cn-north-1", "--for", "publisher");
  expect(publisher.text).toContain("s3:PutObject");
  expect(publisher.text).toContain("arn:aws-cn:s3:::bucket/team/.plimsoll/*");
  expect(await policy("gs://bucket")).toMatchObject({ exit: 2 });
  expect(await policy("s3://bucket", "--for", "king")).toMatchObject({
    exit: 2,
    err: expect.stringMatching(/reader, publisher, maintainer/),
  });
});
