import { expect, test } from "@jest/globals";
import { faultyServer, tempDir } from "@plimsoll/testing";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { oldBytes, sha256 } from "./testing/trial.ts";

const child = fileURLToPath(new URL("./testing/fetch-child.ts", import.meta.url));
const bytes = randomBytes(6_000_000);

interface Ended {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
}

/** Fetches in a process with a limit of the shell (`ulimit -f`, `-n`); gives its last line and what is left in the folder. */
async function limited(limit: string): Promise<Ended & { readonly left: readonly string[] }> {
  await using server = await faultyServer({ files: { "/m": bytes } });
  await using dir = await tempDir();
  const to = dir.join("model.onnx");
  await writeFile(to, oldBytes);
  const request = {
    name: "model.onnx",
    urls: [server.url("/m")],
    to,
    size: bytes.length,
    sha256: sha256(bytes),
  };
  const node = [process.execPath, "--conditions=@plimsoll/source", "--import", "tsx", child];
  const script = `${limit}; exec "$@"`;
  const args = ["-c", script, "sh", ...node, JSON.stringify(request)];
  const lines = await new Promise<string>((resolve) => {
    execFile("sh", args, (_error, stdout) => resolve(stdout));
  });
  const ended = JSON.parse(lines.trim().split("\n").at(-1) ?? "{}") as Ended;
  const wanted = ended.type === "result" ? bytes : oldBytes;
  expect((await readFile(to)).equals(wanted)).toBe(true);
  return { ...ended, left: (await readdir(dir.path)).filter((name) => name !== "model.onnx") };
}

test("without a limit the child fetches", async () => {
  expect(await limited("true")).toMatchObject({ type: "result", left: [] });
});

test("D1: a file larger than the process may write is E_DISK with the reason", async () => {
  // 512-byte blocks: 2 MB.
  const { type, code, message } = await limited("ulimit -f 4000");
  expect([type, code]).toEqual(["error", "E_DISK"]);
  expect(message).toContain("EFBIG");
});
