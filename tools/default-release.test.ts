import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { defaultRelease } from "./default-release.ts";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "plimsoll-release-"));
  git("init", "--quiet");
  git("commit", "--quiet", "--allow-empty", "--message", "first");
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

function git(...words: string[]): void {
  const who = [
    "-c",
    "user.name=Test",
    "-c",
    "user.email=test@localhost",
    "-c",
    "commit.gpgsign=false",
  ];
  execFileSync("git", [...who, ...words], { cwd, stdio: "ignore" });
}

async function pin(release: string, folder = "weights"): Promise<void> {
  await mkdir(join(cwd, folder), { recursive: true });
  const entry = { checksum: "0".repeat(64), algorithm: "sha256", size: 1, required: true };
  const manifest = { version: "2.0", release, weights: { "a.onnx": entry } };
  await writeFile(join(cwd, folder, "manifest.json"), JSON.stringify(manifest));
}

const chosen = async (...argv: string[]): Promise<string | undefined> =>
  (await defaultRelease(argv, cwd))?.release;

test("the first version, then the one that the manifest names, then what a tag on this commit says", async () => {
  expect(await chosen()).toBe("v1.0.0");
  await pin("v1.2.3");
  expect(await chosen("--to", "./store", "--dry-run")).toBe("v1.2.3");
  git("tag", "v9.9.9");
  git("tag", "weights-v$(id)");
  expect(await chosen()).toBe("v1.2.3");
  git("tag", "weights-v2.0.0-rc.1");
  expect(await chosen()).toBe("v2.0.0-rc.1");
  git("commit", "--quiet", "--allow-empty", "--message", "second");
  expect(await chosen()).toBe("v1.2.3");
});

test("the manifest is that of the folder that the config names", async () => {
  await pin("v3.0.0", "trained/here");
  await mkdir(join(cwd, "conf"));
  const config = join(cwd, "conf", "other.json");
  await writeFile(
    config,
    JSON.stringify({ publish: { from: "../trained/here", to: ["./store"] } }),
  );
  expect(await chosen("--config", config)).toBe("v3.0.0");
  expect(await chosen(`--config=${config}`)).toBe("v3.0.0");
});

test.each([
  ["it is given", ["--release", "v1.0.0"]],
  ["it is given in one word", ["--release=v1.0.0"]],
  ["its value was forgotten", ["--release"]],
  ["help is asked for", ["--help"]],
  ["other paths are named", ["models/a.onnx", "--to", "./store"]],
  ["other paths are named after a switch", ["--dry-run", "models"]],
])("nothing is chosen where %s", async (_, argv) => {
  expect(await chosen(...argv)).toBeUndefined();
});
