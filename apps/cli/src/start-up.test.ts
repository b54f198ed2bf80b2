import { mkdir, readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { sha256 } from "@plimsoll/manifest";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { childCli } from "./child-cli.ts";

// Starting processes takes its time where many tests run at once.
jest.setTimeout(60_000);

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
});
afterEach(() => dir.remove());

/** Notes every module that is resolved, in a file. */
const hooks = `
import { appendFileSync } from "node:fs";
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  appendFileSync(process.env.LOADED, found.url + "\\n");
  return found;
}`;

/** URLs of the modules that a command line loads. */
async function loadedBy(argv: readonly string[]): Promise<string[]> {
  await writeFile(dir.join("hooks.mjs"), hooks);
  const url = JSON.stringify(pathToFileURL(dir.join("hooks.mjs")).href);
  await writeFile(
    dir.join("register.mjs"),
    `import { register } from "node:module"; register(${url});`,
  );
  const log = dir.join("loaded.txt");
  await writeFile(log, "");
  const { exit, err } = await childCli(argv, {
    cwd: dir.path,
    env: { LOADED: log, PLIMSOLL_CACHE_DIR: dir.join("cache") },
    imports: [pathToFileURL(dir.join("register.mjs")).href],
  });
  expect([exit, err]).toEqual([0, ""]);
  return (await readFile(log, "utf8")).trimEnd().split("\n");
}

const heavy =
  /@aws-sdk|@smithy|@google-cloud|@octokit|@huggingface|\/zx\/|onnxruntime|protobufjs|\/nx\//;
/** Rooms that a sync with nothing to do has no use for. */
const unneeded = /libs\/(fetch|training)\/|libs\/storage\/src\/(drivers|http)\//;

test("--version loads no SDK and no room but the one that escapes text", async () => {
  const loaded = await loadedBy(["--version"]);
  expect(loaded.length).toBeGreaterThan(5);
  expect(loaded.filter((url) => heavy.test(url))).toEqual([]);
  expect(loaded.filter((url) => /commands\/(?!\.)/.test(url))).toEqual([]);
});

test("a sync with nothing to do loads no SDK, no HTTP stack and no transfer code", async () => {
  await mkdir(dir.join("weights"));
  await writeFile(dir.join("weights/a.onnx"), "x");
  const entry = {
    url: "https://host.test/a",
    size_mb: 0,
    checksum: sha256(Buffer.from("x")),
    algorithm: "sha256",
    required: true,
    size: 1,
  };
  await writeFile(
    dir.join("weights/manifest.json"),
    JSON.stringify({ version: "2.0", weights: { "a.onnx": entry } }),
  );
  await loadedBy(["sync"]);
  const loaded = await loadedBy(["sync"]);
  expect(loaded.some((url) => url.includes("libs/weights/"))).toBe(true);
  expect(loaded.filter((url) => heavy.test(url))).toEqual([]);
  expect(loaded.filter((url) => unneeded.test(url))).toEqual([]);
});

test("the check itself sees what is loaded lazily", async () => {
  expect(
    (await loadedBy(["models", "--help"])).some((url) => url.endsWith("commands/models.ts")),
  ).toBe(true);
});
