import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

/** Packs, installs and lints everything, which takes minutes: `npm run nightly`. The normal run has package-json.test. */
const nightlyTest = process.env["PLIMSOLL_NIGHTLY"] === "1" ? test : test.skip;
const root = fileURLToPath(new URL("../..", import.meta.url));
const minutes = (count: number): number => count * 60_000;
const small = ["manifest", "storage", "fetch", "cache", "weights"].map(
  (name) => `@plimsoll/${name}`,
);

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "plimsoll-packages-"));
});
afterAll(async () => rm(dir, { recursive: true, force: true }), 300_000);

function run(cwd: string, program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, MODEL_STORE: "", PLIMSOLL_CACHE_DIR: join(dir, "cache") },
    maxBuffer: 64 * 1024 * 1024,
  });
}

const packages = (): string => join(dir, "packages");
const folders = (): readonly string[] =>
  readdirSync(packages(), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

nightlyTest(
  "all packages are packed",
  () => {
    run(root, process.execPath, "tools/build.mjs");
    const tsx = ["--conditions=@plimsoll/source", "--import", "tsx"];
    console.info(run(root, process.execPath, ...tsx, "tools/packages/main.ts", packages()));
    expect(folders().length).toBeGreaterThanOrEqual(13);
  },
  minutes(10),
);

nightlyTest(
  "an empty project that installs them publishes and syncs, by code and by command, without any SDK",
  async () => {
    const project = join(dir, "project");
    await mkdir(join(project, "weights"), { recursive: true });
    const tarball = (name: string): string => {
      const folder = join(packages(), name.replace("@", "").replace("/", "-"));
      const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
        readonly version: string;
      };
      return `file:${folder}-${version}.tgz`;
    };
    const wanted = [...small, "plimsoll"].map((name) => [name, tarball(name)] as const);
    await writeFile(
      join(project, "package.json"),
      JSON.stringify({ private: true, type: "module", dependencies: Object.fromEntries(wanted) }),
    );
    run(
      project,
      "npm",
      "install",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
    );

    await writeFile(join(project, "weights", "a.npz"), "the bytes of a model");
    const bin = join("node_modules", "plimsoll", "bin", "plimsoll.js");
    run(
      project,
      process.execPath,
      bin,
      "publish",
      "weights",
      "--to",
      "./store",
      "--release",
      "v1.0.0",
    );
    run(project, process.execPath, bin, "sync", "weights/manifest.json", "--dir", "app/weights");
    expect(await readFile(join(project, "app/weights/a.npz"), "utf8")).toBe("the bytes of a model");
    expect(run(project, process.execPath, bin, "--help")).toContain("Usage: plimsoll");

    const [, example = ""] =
      /```ts\n([\s\S]*?syncWeights[\s\S]*?)```/.exec(
        readFileSync(join(root, "README.md"), "utf8"),
      ) ?? [];
    expect(example).toContain("@plimsoll/weights");
    await writeFile(join(project, "example.mjs"), example);
    expect(run(project, process.execPath, "example.mjs")).toContain("1 files in");

    const lock = JSON.parse(await readFile(join(project, "package-lock.json"), "utf8")) as {
      readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
    };
    const installed = Object.keys(lock.packages).filter((path) => path !== "");
    for (const path of installed) {
      expect(path).not.toMatch(/aws-sdk|smithy|onnxruntime|google-cloud|octokit|huggingface|sharp/);
    }
    const others = installed.filter((path) => !/plimsoll/.test(path));
    console.info(`${installed.length} packages, of others: ${others.join(", ")}`);
    expect(others).toEqual(["node_modules/commander"]);
  },
  minutes(5),
);

nightlyTest(
  "publint has nothing to say",
  () => {
    for (const folder of folders()) {
      const path = join(packages(), folder);
      expect(run(root, "npx", "publint", path, "--strict", "--pack", "false")).toContain(
        "All good!",
      );
    }
  },
  minutes(5),
);

nightlyTest(
  "the types resolve for whoever imports them (attw, ESM only)",
  () => {
    for (const folder of folders()) {
      const json = JSON.parse(readFileSync(join(packages(), folder, "package.json"), "utf8")) as {
        readonly exports?: object;
        readonly version: string;
      };
      // The command line is no library.
      if (json.exports === undefined) continue;
      const path = join(packages(), `${folder}-${json.version}.tgz`);
      const skipped =
        folder === "plimsoll-nx"
          ? ["--exclude-entrypoints", "generators.json", "executors.json"]
          : [];
      run(root, "npx", "attw", path, "--profile", "esm-only", ...skipped);
    }
  },
  minutes(15),
);
