import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("..", import.meta.url));
const tool = fileURLToPath(new URL("generate-checksums.ts", import.meta.url));

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "plimsoll-checksums-"));
  await mkdir(join(dir, "heads"));
  await writeFile(join(dir, "a.onnx"), "first");
  await writeFile(join(dir, "heads", "b+c@1_2.onnx"), "second");
  await writeFile(join(dir, "empty.onnx"), "");
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function generate(...words: string[]): { readonly status: number | null; readonly output: string } {
  const args = ["--conditions=@plimsoll/source", "--import", "tsx", tool, ...words];
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  return { status: run.status, output: `${run.stdout}${run.stderr}` };
}

/** What the real `sha256sum -c` says of the folder. */
function check(): { readonly status: number | null; readonly output: string } {
  const run = spawnSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], {
    cwd: dir,
    encoding: "utf8",
  });
  return { status: run.status, output: run.stdout };
}

test("sha256sum -c accepts the list of a folder and finds a changed file", async () => {
  expect(generate(dir)).toMatchObject({ status: 0 });
  expect(check()).toEqual({
    status: 0,
    output: "a.onnx: OK\nempty.onnx: OK\nheads/b+c@1_2.onnx: OK\n",
  });
  await writeFile(join(dir, "a.onnx"), "other");
  expect(check().status).toBe(1);
}, 180_000);

test("a second run leaves its own list out and changes nothing", async () => {
  generate(dir);
  const before = await readFile(join(dir, "SHA256SUMS"), "utf8");
  generate(dir);
  expect(await readFile(join(dir, "SHA256SUMS"), "utf8")).toBe(before);
}, 180_000);

test("the list of a manifest is that of its files", async () => {
  generate(dir);
  const ofFolder = await readFile(join(dir, "SHA256SUMS"), "utf8");
  const weights: Record<string, object> = {};
  for (const line of ofFolder.trim().split("\n")) {
    const [checksum = "", name = ""] = line.split(" *");
    weights[name] = { checksum, algorithm: "sha256", size_mb: 0, required: true };
  }
  await rm(join(dir, "SHA256SUMS"));
  const manifest = join(dir, "manifest.json");
  await writeFile(manifest, JSON.stringify({ version: "1.0", weights }));
  expect(generate(manifest)).toMatchObject({ status: 0 });
  expect(await readFile(join(dir, "SHA256SUMS"), "utf8")).toBe(ofFolder);
}, 180_000);

test("a folder that is not there is one line that names it", () => {
  const { status, output } = generate(join(dir, "nowhere"));
  expect(status).toBe(1);
  expect(output).toMatch(/^generate-checksums: .*nowhere/);
}, 180_000);
