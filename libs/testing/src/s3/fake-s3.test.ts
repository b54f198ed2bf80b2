import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterEach, expect, test } from "@jest/globals";

import { fakeS3, type FakeS3, type FakeS3Options } from "./fake-s3.ts";
import { ceph16Powers, noPowers } from "./s3-model.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** The server, driven by the client that real servers are driven by. */
async function setUp(options: FakeS3Options = {}, maxAttempts = 1) {
  const server: FakeS3 = await fakeS3(options);
  const client = new S3Client({
    endpoint: server.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: server.accessKey, secretAccessKey: server.secretKey },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts,
  });
  ends.push(server.close, () => Promise.resolve(client.destroy()));
  return { server, client };
}

const at = (Key: string) => ({ Bucket: "weights", Key });
const put = (client: S3Client, key: string, text: string, more: object = {}) =>
  client.send(new PutObjectCommand({ ...at(key), Body: Buffer.from(text), ...more }));
const read = async (client: S3Client, key: string, more: object = {}) =>
  (await client.send(new GetObjectCommand({ ...at(key), ...more }))).Body?.transformToString();

test("objects come back whole, in ranges and with what describes them", async () => {
  const { client } = await setUp();
  await put(client, "a/b", "hello", { Metadata: { note: "x" }, ContentType: "text/plain" });
  expect(await read(client, "a/b")).toBe("hello");
  expect(await read(client, "a/b", { Range: "bytes=1-2" })).toBe("el");
  expect(await read(client, "a/b", { Range: "bytes=3-99" })).toBe("lo");
  const head = await client.send(new HeadObjectCommand(at("a/b")));
  expect(head).toMatchObject({
    ContentLength: 5,
    ContentType: "text/plain",
    ETag: '"5d41402abc4b2a76b9719d911017c592"',
    Metadata: { note: "x" },
  });
  await client.send(new CopyObjectCommand({ ...at("c"), CopySource: "weights/a/b" }));
  await client.send(new DeleteObjectCommand(at("a/b")));
  await client.send(new DeleteObjectCommand(at("a/b")));
  expect(await read(client, "c")).toBe("hello");
  await expect(read(client, "a/b")).rejects.toMatchObject({ name: "NoSuchKey" });
  await expect(read(client, "c", { Range: "bytes=9-" })).rejects.toMatchObject({
    name: "InvalidRange",
  });
  await expect(read(client, "c", { Bucket: "other" })).rejects.toMatchObject({
    name: "NoSuchBucket",
  });
});

test("conditional writes are what the powers say", async () => {
  const full = (await setUp()).client;
  const { ETag } = await put(full, "a", "1", { IfNoneMatch: "*" });
  await expect(put(full, "a", "2", { IfNoneMatch: "*" })).rejects.toMatchObject({
    name: "PreconditionFailed",
  });
  await expect(put(full, "a", "2", { IfMatch: '"other"' })).rejects.toMatchObject({
    name: "PreconditionFailed",
  });
  await put(full, "a", "2", { IfMatch: ETag });

  const ceph = (await setUp({ powers: ceph16Powers })).client;
  const first = await put(ceph, "a", "1");
  await expect(put(ceph, "a", "2", { IfMatch: first.ETag })).rejects.toMatchObject({
    name: "PreconditionFailed",
  });
  await put(ceph, "a", "2", { IfMatch: first.ETag?.replaceAll('"', "") });

  const none = (await setUp({ powers: noPowers })).client;
  await put(none, "a", "1");
  await put(none, "a", "2", { IfNoneMatch: "*", IfMatch: '"other"' });
  expect(await read(none, "a")).toBe("2");
});

test("a multipart upload is nothing until it is completed; small parts and wrong ones are refused", async () => {
  const { client, server } = await setUp({ minPartBytes: 4 });
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(at("m")));
  const upload = { ...at("m"), UploadId };
  const parts = [];
  for (const [index, text] of ["four", "more", "x"].entries()) {
    const PartNumber = index + 1;
    const Body = Buffer.from(text);
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    parts.push({ PartNumber, ETag });
  }
  const complete = (Parts: { PartNumber: number; ETag: string | undefined }[]) =>
    client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  expect(server.keys("weights")).toEqual([]);
  const [one, two, three] = parts as [(typeof parts)[0], (typeof parts)[0], (typeof parts)[0]];
  await expect(complete([two, one])).rejects.toMatchObject({ name: "InvalidPartOrder" });
  await expect(complete([{ ...one, ETag: '"0"' }])).rejects.toMatchObject({ name: "InvalidPart" });
  const small = { ...three, PartNumber: 1 };
  await expect(complete([small, two])).rejects.toMatchObject({ name: "InvalidPart" });
  const done = await complete(parts);
  expect(await read(client, "m")).toBe("fourmorex");
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
  expect((await complete(parts)).ETag).toBe(done.ETag);
  const left = await client.send(new ListMultipartUploadsCommand({ Bucket: "weights" }));
  expect(left.Uploads ?? []).toEqual([]);
});

test("a body that is not what its checksums say is refused, and stored by nobody", async () => {
  const { client, server } = await setUp();
  const md5 = Buffer.alloc(16).toString("base64");
  for (const wrong of [
    { ContentMD5: md5 },
    { ChecksumSHA256: Buffer.alloc(32).toString("base64"), ChecksumAlgorithm: "SHA256" },
    { ChecksumCRC32: "AAAAAA==", ChecksumAlgorithm: "CRC32" },
  ]) {
    await expect(put(client, "a", "hello", wrong)).rejects.toMatchObject({ name: "BadDigest" });
  }
  expect(server.keys("weights")).toEqual([]);
});

test("listings are sorted by bytes, paged, and cut at a delimiter", async () => {
  const { client, server } = await setUp();
  for (const key of ["b/1", "a", "b/2", "Z", "é", "c"]) {
    server.put("weights", key, Buffer.from("1"));
  }
  const list = { Bucket: "weights", MaxKeys: 2, Delimiter: "/" };
  const seen: (string | undefined)[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ ...list, ContinuationToken }));
    seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
    seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  expect(seen).toEqual(["Z", "a", "c", "b/", "é"]);
});

test("who may do what: the owner all, a stranger nothing, anybody a public object", async () => {
  const { client, server } = await setUp({ publicBuckets: ["open"] });
  await put(client, "a", "1");
  await put(client, "a", "1", { Bucket: "open" });
  expect((await fetch(`${server.endpoint}/open/a`)).status).toBe(200);
  expect((await fetch(`${server.endpoint}/open/a`, { method: "DELETE" })).status).toBe(403);
  const answer = await fetch(`${server.endpoint}/weights/a`);
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain("<Code>AccessDenied</Code>");
});

test("faults: a code, a lost answer, a cut body, a flipped byte, and a client's sudden end", async () => {
  const { client, server } = await setUp();
  server.script(({ key }, attempt) => {
    if (key === "slow" && attempt === 1) return { code: "SlowDown" };
    if (key === "lost") return { dropAnswer: true };
    if (key === "cut") return { cutAfter: 2 };
    if (key === "flip") return { wrongByte: 0 };
    return undefined;
  });
  await expect(put(client, "slow", "1")).rejects.toMatchObject({ name: "SlowDown" });
  await put(client, "slow", "1");
  await expect(put(client, "lost", "1")).rejects.toThrow();
  expect(server.object("weights", "lost")?.bytes.toString()).toBe("1");
  server.put("weights", "cut", Buffer.from("hello"));
  await expect(read(client, "cut")).rejects.toThrow();
  server.put("weights", "flip", Buffer.from("aaaa"));
  expect(await read(client, "flip")).not.toBe("aaaa");
  server.script();
  server.dieAfter(1);
  await put(client, "one", "1");
  await expect(put(client, "two", "1")).rejects.toThrow();
  server.revive();
  expect(server.keys("weights")).not.toContain("two");
  expect(server.requests.at(-1)?.status).toBe(0);
});
