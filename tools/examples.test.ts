import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsx = pathToFileURL(`${root}/node_modules/tsx/dist/esm/index.mjs`).href;

/** Runs an example with plain words, as its first line says. */
async function run(example: string, cwd: string, ...words: string[]): Promise<string> {
  const args = ["--conditions=@plimsoll/source", `--import=${tsx}`, `${root}/examples/${example}`];
  const env = { ...process.env, NODE_OPTIONS: "", PLIMSOLL_CACHE_DIR: `${cwd}/cache` };
  return (await promisify(execFile)(process.execPath, [...args, ...words], { cwd, env })).stdout;
}

test("the examples publish a folder and bring it into an app", async () => {
  await using dir = await tempDir();
  await mkdir(dir.join("weights"));
  await writeFile(dir.join("weights/model.onnx"), "weights of a kind");
  const published = await run("publish.ts", dir.path, "weights", "./store", "v1.2.0");
  expect(published).toContain("published");
  const synced = await run("sync.ts", dir.path, "weights/manifest.json", "app");
  expect(synced).toContain("1 files in app, 17 bytes");
  expect(await readFile(dir.join("app/model.onnx"), "utf8")).toBe("weights of a kind");
}, 180_000);
