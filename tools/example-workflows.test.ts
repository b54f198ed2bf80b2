import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, jest, test } from "@jest/globals";
import { fakeGithub, type TempDir, tempDir } from "@plimsoll/testing";
import { contextsOf } from "./rehearse/known.ts";
import { fillIn, readWorkflow } from "./rehearse/workflow.ts";

// A training is among them, each command in a process of its own.
jest.setTimeout(300_000);

const root = fileURLToPath(new URL("..", import.meta.url));

/** A folder like an app's that has `plimsoll` installed: `npm ci` changes nothing, `npx plimsoll` is ours. */
async function app(): Promise<TempDir> {
  const dir = await tempDir();
  const command = `"${process.execPath}" "${root}apps/cli/bin/plimsoll.js"`;
  await mkdir(dir.join("shims"));
  await write(dir, "npm", `test "$*" = "ci --ignore-scripts"`);
  await write(dir, "npx", `test "$1" = plimsoll || exit 9\nshift\nexec ${command} "$@"`);
  return dir;
}

async function write(dir: TempDir, name: string, text: string): Promise<void> {
  await writeFile(dir.join("shims", name), `#!/bin/sh\n${text}\n`);
  await chmod(dir.join("shims", name), 0o755);
}

const environment = (dir: TempDir) => ({
  PATH: `${dir.join("shims")}:${process.env["PATH"] ?? ""}`,
  HOME: dir.path,
  PLIMSOLL_CACHE_DIR: dir.join("cache"),
});

/** A line typed by a person in that folder. */
const typed = async (dir: TempDir, line: string): Promise<string> =>
  await shell(dir, line, environment(dir));

async function shell(dir: TempDir, line: string, env: Record<string, string>): Promise<string> {
  const argv = ["--noprofile", "--norc", "-eo", "pipefail", "-c", line];
  return (await promisify(execFile)("bash", argv, { cwd: dir.path, env })).stdout;
}

/** Runs every `run:` line of the only job of an example, as the host would. Gives what the last one said. */
async function workflow(
  dir: TempDir,
  name: string,
  known: {
    readonly vars: Readonly<Record<string, string>>;
    readonly secrets?: Readonly<Record<string, string>>;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<string> {
  const { jobs } = await readWorkflow(`${root}/examples/workflows/${name}`);
  const [job, ...others] = Object.values(jobs);
  expect(others).toEqual([]);
  const { vars, secrets = {}, env = {} } = known;
  const contexts = contextsOf({ github: {}, vars, secrets, needs: {} });
  let said = "";
  for (const { run, env: own = {} } of job?.steps ?? []) {
    if (run === undefined) continue;
    const filled = Object.entries(own).map(([key, text]) => [key, fillIn(text, contexts)] as const);
    said = await shell(dir, run, { ...environment(dir), ...env, ...Object.fromEntries(filled) });
  }
  return said;
}

async function publish(dir: TempDir, release: string, accuracy: number): Promise<void> {
  await mkdir(dir.join(release));
  await writeFile(dir.join(release, "cnn.npz"), `the weights of ${release}`);
  const metadata = JSON.stringify({ task: "tensor", metrics: { accuracy } });
  await writeFile(dir.join(release, "metadata.json"), metadata);
  const target = `--to ./store --release ${release} --model cnn --channel production`;
  await typed(dir, `npx plimsoll publish ${release} ${target}`);
}

test("update-weights.yml: nothing to do, then a pull request of what the channel names", async () => {
  await using dir = await app();
  await using github = await fakeGithub();
  await publish(dir, "v1.0.0", 0.9);
  await typed(dir, "npx plimsoll manifest update --store ./store --model cnn");
  const known = {
    vars: { MODEL_STORE: pathToFileURL(dir.join("store")).href, CHANNEL: "production" },
    secrets: { GITHUB_TOKEN: github.token },
    env: {
      GITHUB_API_URL: github.api,
      GITHUB_REPOSITORY: "owner/repo",
      GITHUB_REF: "refs/heads/main",
      GITHUB_WORKSPACE: dir.path,
    },
  };
  const run = async (): Promise<string> => await workflow(dir, "update-weights.yml", known);
  expect(await run()).toContain("cnn v1.0.0 is pinned already");
  expect(github.repository.pulls).toEqual([]);

  await publish(dir, "v1.1.0", 0.95);
  expect(await run()).toContain("weights: cnn v1.0.0 → v1.1.0: opened ");
  const [pull] = github.repository.pulls;
  expect(pull?.body).toContain("| `accuracy` | `0.9` | `0.95` | `+0.05` |");
  const branch = github.repository.branches.get(pull?.head ?? "");
  const proposed = branch?.files.get("weights/manifest.json")?.bytes;
  const stored = await readFile(dir.join("store/models/cnn/v1.1.0/manifest.json"));
  expect(proposed?.equals(stored)).toBe(true);
  expect(await run()).toContain(": updated ");
});

test("C1: names of models, channels and stores are words to the shell, whatever they hold", async () => {
  await using dir = await app();
  await publish(dir, "v1.0.0", 0.9);
  await typed(dir, "npx plimsoll manifest update --store ./store --model cnn");
  const evil = `x"; touch pwned; $(touch pwned) \`touch pwned\` \${IFS} ' | touch pwned`;
  const vars = { MODEL_STORE: "./store", CHANNEL: evil, MODEL: evil };
  for (const name of ["update-weights.yml", "retrain.yml"]) {
    await expect(workflow(dir, name, { vars })).rejects.toThrow(/Command failed/);
  }
  await expect(readFile(dir.join("pwned"))).rejects.toThrow("ENOENT");
});

test("retrain.yml: too few samples are no failure, enough of them become a version in staging", async () => {
  await using dir = await app();
  const words = {
    weather: ["rain", "wind", "snow", "cloud"],
    money: ["bank", "loan", "tax", "rent"],
  };
  const write = async (from: number, to: number): Promise<void> => {
    for (const [label, list] of Object.entries(words)) {
      await mkdir(dir.join("texts", label), { recursive: true });
      for (let number = from; number < to; number += 1) {
        const text = `${list[number % 4]} ${list[(number + 1) % 4]} number ${number}\n`;
        await writeFile(dir.join("texts", label, `${number}.txt`), text);
      }
    }
    await typed(dir, "npx plimsoll dataset add texts --model topics --store ./store");
  };
  const vars = { MODEL_STORE: pathToFileURL(dir.join("store")).href, MODEL: "topics" };
  await write(0, 12);
  expect(await workflow(dir, "retrain.yml", { vars })).toMatch(/topics has 24 .*100 are needed/);
  await write(12, 52);
  expect(await workflow(dir, "retrain.yml", { vars })).toContain("topics: succeeded as v1.0.0");
  const staged = "npx plimsoll info topics --channel staging --store ./store";
  expect(await typed(dir, staged)).toContain("topics v1.0.0");
});
