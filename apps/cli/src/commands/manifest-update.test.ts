import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { fakeGithub, type FakeGithub, type TempDir, tempDir } from "@plimsoll/testing";
import { Ajv } from "ajv";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

let dir: TempDir;
let github: FakeGithub;
beforeEach(async () => {
  [dir, github] = [await tempDir(), await fakeGithub()];
});
afterEach(async () => {
  await github.close();
  await dir.remove();
});

async function plimsoll(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const io = fakeIo({ cwd: dir.path, env: { PLIMSOLL_CACHE_DIR: dir.join("cache"), ...env } });
  return { exit: await main(argv, io), out: io.out(), err: io.err(), events: io.events };
}

/** Publishes a version from a folder of its own, so that the app's manifest stays. */
async function publish(release: string, size: number, metadata: object): Promise<void> {
  const from = dir.join(`made-${release}`);
  await mkdir(from);
  await writeFile(`${from}/cnn.npz`, Buffer.alloc(size, release));
  await writeFile(`${from}/metadata.json`, JSON.stringify(metadata));
  const argv = ["publish", from, "--to", "./store", "--release", release, "--model", "cnn"];
  expect(await plimsoll(argv)).toMatchObject({ exit: 0 });
}

async function pinFirst(): Promise<void> {
  await publish("v1.0.0", 4096, { task: "tensor", metrics: { accuracy: 0.91, loss: 0.4 } });
  const pinned = await plimsoll([...update, "--model", "cnn", "--release", "v1.0.0"]);
  expect(pinned).toMatchObject({ exit: 0, err: "" });
}

const update = ["manifest", "update", "--store", "./store"];
const onGithub = () => ({
  GITHUB_REPOSITORY: "owner/repo",
  GITHUB_TOKEN: github.token,
  GITHUB_API_URL: github.api,
  GITHUB_REF: "refs/heads/main",
});
const pinnedRelease = async (): Promise<unknown> =>
  (JSON.parse(await readFile(dir.join("weights/manifest.json"), "utf8")) as { release: unknown })
    .release;

test("the newest version is pinned without its bytes, and said to be pinned from then on", async () => {
  await pinFirst();
  expect((await plimsoll(update)).out).toBe(
    `${dir.join("weights/manifest.json")}: cnn v1.0.0 is pinned already\n`,
  );
  await publish("v1.1.0", 8192, { task: "tensor", metrics: { accuracy: 0.93, loss: 0.3 } });
  const moved = await plimsoll([...update, "--markdown", "update.md"]);
  expect(moved.out).toContain("weights: cnn v1.0.0 → v1.1.0\n");
  expect(await pinnedRelease()).toBe("v1.1.0");
  const text = await readFile(dir.join("update.md"), "utf8");
  expect(text).toContain("| `version` | `v1.0.0` | `v1.1.0` |");
  expect(text).toContain("| `accuracy` | `0.91` | `0.93` | `+0.02` |");
  expect(text).toContain("| `loss` | `0.4` | `0.3` | `−0.1` |");
  expect(text).toMatch(
    /\| `cnn\.npz` \| `4\.0 KB` \| `8\.0 KB` \| `changed, \+4\.0 KB` \| `[0-9a-f]{64}` \| `[0-9a-f]{64}` \|/,
  );
  expect(text).toMatch(/ % of bytes shared, update 8\.\d KB of 8\.\d KB\.\n/);
});

test("a pull request is opened, renewed for a newer version, and left alone by a second run", async () => {
  await pinFirst();
  await publish("v1.1.0", 8192, { task: "tensor", metrics: { accuracy: 0.93 } });
  const argv = [...update, "--pull-request"];
  const first = await plimsoll(argv, onGithub());
  expect([first.exit, first.err]).toEqual([0, ""]);
  expect(first.out).toMatch(/^weights: cnn v1\.0\.0 → v1\.1\.0: opened http.*\/pull\/1\n$/);
  expect(await pinnedRelease()).toBe("v1.0.0");

  const { pulls, branches } = github.repository;
  const [pull] = pulls;
  expect(pull).toMatchObject({ base: "main", title: "weights: cnn v1.0.0 → v1.1.0" });
  expect(pull?.body).toContain("| `accuracy` | `0.91` | `0.93` | `+0.02` |");
  const proposed = () => branches.get(pull?.head ?? "")?.files.get("weights/manifest.json")?.bytes;
  const stored = async (release: string) =>
    await readFile(dir.join(`store/models/cnn/${release}/manifest.json`));
  expect(proposed()?.equals(await stored("v1.1.0"))).toBe(true);
  expect(branches.get("main")?.files.size).toBe(0);

  const head = branches.get(pull?.head ?? "")?.head;
  expect((await plimsoll(argv, onGithub())).out).toContain(": updated ");
  expect(branches.get(pull?.head ?? "")?.head).toBe(head);

  await publish("v1.2.0", 2048, { task: "tensor", metrics: { accuracy: 0.95 } });
  expect((await plimsoll(argv, onGithub())).out).toContain("v1.0.0 → v1.2.0: updated ");
  expect(pulls).toHaveLength(1);
  expect(pull).toMatchObject({ state: "open", title: "weights: cnn v1.0.0 → v1.2.0" });
  expect(proposed()?.equals(await stored("v1.2.0"))).toBe(true);
  expectAsDescribed();
});

test("C2: what a store says of itself is no Markdown, no link and nobody's name", async () => {
  await pinFirst();
  const evil = "`</td>@someone [x](https://evil.example) | <img src=x>\n# big";
  await publish("v1.1.0", 64, { task: "tensor", about: evil, metrics: { [evil]: 1 }, note: evil });
  await plimsoll([...update, "--pull-request"], onGithub());
  const body = github.repository.pulls[0]?.body ?? "";
  expect(body).toContain("someone");
  for (const line of body.split("\n")) {
    // Outside of code nothing of it is left.
    const bare = line.replace(/`[^`]*`/g, "");
    expect(bare).not.toMatch(/[@<[\]]|evil|someone/);
    expect(line).not.toMatch(/^# big/);
  }
});

test("a token without rights, a foreign address and a missing branch each say the way out", async () => {
  await pinFirst();
  await publish("v1.1.0", 64, {});
  const argv = [...update, "--pull-request"];
  const run = async (changes: Readonly<Record<string, string>>) =>
    await plimsoll(argv, { ...onGithub(), ...changes });
  expect(await run({ GITHUB_TOKEN: github.readerToken })).toMatchObject({
    exit: 4,
    err: expect.stringContaining("contents: write and pull-requests: write"),
  });
  expect(await run({ GITHUB_TOKEN: "" })).toMatchObject({ exit: 2 });
  expect(await run({ GITHUB_REF: "refs/tags/v1" })).toMatchObject({
    exit: 2,
    err: expect.stringContaining("--base"),
  });
  expect(await run({ GITHUB_REPOSITORY: "owner/repo/../x" })).toMatchObject({ exit: 2 });
  expect(await run({ GITHUB_API_URL: "http://api.example.com" })).toMatchObject({ exit: 2 });
  expect(await run({ GITHUB_WORKSPACE: dir.join("elsewhere") })).toMatchObject({ exit: 2 });
  const absent = await plimsoll([...argv, "--base", "release"], onGithub());
  expect(absent).toMatchObject({ exit: 3, err: expect.stringContaining("heads/release") });
  expect(github.repository.pulls).toHaveLength(0);
});

/** Every body that was sent is one of GitHub's own description. */
function expectAsDescribed(): void {
  const { paths } = createRequire(import.meta.url)(
    "@octokit/openapi/generated/api.github.com.json",
  ) as { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const seen = new Set<string>();
  for (const { method, path, json, status } of github.requests) {
    if (!["POST", "PATCH"].includes(method)) continue;
    expect([path, status]).toEqual([path, method === "POST" ? 201 : 200]);
    const name = path
      .replace(/^\/repos\/owner\/repo/, "/repos/{owner}/{repo}")
      .replace(/\/heads\/.*$/, "/{ref}")
      .replace(/\/pulls\/\d+$/, "/pulls/{pull_number}");
    const schema =
      paths[name]?.[method.toLowerCase()]?.requestBody.content["application/json"]?.schema;
    expect([name, schema === undefined]).toEqual([name, false]);
    const validate = ajv.compile(schema ?? false);
    expect([name, validate(json), validate.errors]).toEqual([name, true, null]);
    seen.add(`${method} ${name.split("/").slice(4).join("/")}`);
  }
  expect([...seen].sort()).toEqual([
    "PATCH git/refs/{ref}",
    "PATCH pulls/{pull_number}",
    "POST git/commits",
    "POST git/refs",
    "POST git/trees",
    "POST pulls",
  ]);
}

interface Operation {
  readonly requestBody: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
}
