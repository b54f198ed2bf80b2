import { randomBytes } from "node:crypto";
import {
  createRepo,
  downloadFile,
  fileDownloadInfo,
  listFiles,
  pathsInfo,
  uploadFiles,
  whoAmI,
} from "@huggingface/hub";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { fakeHuggingFace, type FakeHuggingFace } from "@plimsoll/testing";

let server: FakeHuggingFace;
const repo = "owner/made";
const at = () => ({ repo, hubUrl: server.endpoint, accessToken: server.token });
const bytes = randomBytes(2_200_000);

beforeAll(async () => {
  server = await fakeHuggingFace();
});
afterAll(() => server.close());

test("the official client makes a repository on the contract server and uploads to it", async () => {
  const { hubUrl, accessToken } = at();
  expect(await whoAmI({ hubUrl, accessToken })).toMatchObject({ type: "user", name: "owner" });
  await createRepo({ ...at(), private: true });
  const output = await uploadFiles({
    ...at(),
    files: [
      { path: "large.onnx", content: new Blob([bytes]) },
      { path: "a/labels.json", content: new Blob(["[]"]) },
    ],
    commitTitle: "first",
  });
  expect(output?.commit.oid).toMatch(/^[0-9a-f]{40}$/);
  const batch = server.requests.find(({ path }) => path.endsWith("/objects/batch"));
  expect(JSON.parse(batch?.body ?? "")).toMatchObject({
    transfers: ["basic", "multipart", "xet"],
  });
  expect(server.requests.filter(({ host }) => host === "lfs").length).toBe(4);
});

test("the official client reads it back: pages of a tree, paths, and bytes by the CDN", async () => {
  const paths: string[] = [];
  for await (const { path } of listFiles({ ...at(), recursive: true })) paths.push(path);
  expect(paths.sort()).toEqual([".gitattributes", "a", "a/labels.json", "large.onnx"]);
  expect(server.requests.some(({ path }) => path.includes("cursor="))).toBe(true);
  const [info] = await pathsInfo({ ...at(), paths: ["large.onnx", "none"], expand: true });
  expect(info).toMatchObject({ size: bytes.length, lastCommit: { title: "first" } });
  const found = await fileDownloadInfo({ ...at(), path: "large.onnx" });
  expect(found?.size).toBe(bytes.length);
  expect(await fileDownloadInfo({ ...at(), path: "none" })).toBeNull();
  const blob = await downloadFile({ ...at(), path: "large.onnx", xet: false });
  expect(blob && bytes.equals(Buffer.from(await blob.arrayBuffer()))).toBe(true);
});

test("a commit whose parent is not the head is refused with 412", async () => {
  const parentCommit = "0".repeat(40);
  const files = [{ path: "x.json", content: new Blob(["1"]) }];
  await expect(uploadFiles({ ...at(), files, parentCommit })).rejects.toMatchObject({
    statusCode: 412,
  });
});
