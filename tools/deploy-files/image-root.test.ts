import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readText, root } from "./project-files.ts";

const nightly = process.env["PLIMSOLL_NIGHTLY"] === "1";
const nightlyTest = nightly ? test : test.skip;
const minutes = (count: number): number => count * 60_000;

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "plimsoll-image-"));
});
afterAll(async () => rm(dir, { recursive: true, force: true }), 300_000);

const node = (cwd: string, ...args: readonly string[]): string =>
  execFileSync(process.execPath, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip", MODEL_STORE: "" },
  });
const tool = (name: string): string => join(root, "tools/deploy-files", name);

async function put(path: string): Promise<void> {
  await mkdir(join(dir, path, ".."), { recursive: true });
  await writeFile(join(dir, path), path);
}

test("binaries of other platforms and what is no code go; licences stay", async () => {
  const ort = "modules/onnxruntime-node/bin/napi-v6";
  const kept = [
    `${ort}/linux/x64/onnxruntime_binding.node`,
    "modules/@img/sharp-linux-x64/lib/sharp.node",
    "modules/@img/sharp-libvips-linux-x64/lib/libvips.so",
    "modules/@img/colour/index.cjs",
    "modules/a/index.js",
    "modules/a/LICENSE.md",
    "modules/a/package.json",
  ];
  const gone = [
    `${ort}/linux/arm64/onnxruntime_binding.node`,
    `${ort}/darwin/arm64/onnxruntime_binding.node`,
    `${ort}/win32/x64/onnxruntime.dll`,
    "modules/@img/sharp-linuxmusl-x64/lib/sharp.node",
    "modules/@img/sharp-libvips-darwin-arm64/lib/libvips.dylib",
    "modules/a/index.d.ts",
    "modules/a/index.js.map",
    "modules/a/README.md",
  ];
  for (const path of [...kept, ...gone]) await put(path);
  const code = `import { folderSize, prune } from ${JSON.stringify(tool("prune.mjs"))};
    await prune("modules", { platform: "linux", arch: "x64" }); console.log(await folderSize("modules"));`;
  const size = Number(node(dir, "--input-type=module", "-e", code));
  for (const path of kept) expect([path, existsSync(join(dir, path))]).toEqual([path, true]);
  for (const path of gone) expect([path, existsSync(join(dir, path))]).toEqual([path, false]);
  expect(size).toBe(kept.reduce((sum, path) => sum + path.length, 0));
});

test("config and manifest go into the image, weights do not", async () => {
  for (const path of [
    "project/plimsoll.config.json",
    "project/weights/manifest.json",
    "project/weights/a.onnx",
  ]) {
    await put(path);
  }
  node(dir, tool("image-config.mjs"), "--from", "project", "--out", "with-config");
  node(dir, tool("bake.mjs"), "--bake", "0", "--out", "with-config");
  expect((await readdir(join(dir, "with-config"), { recursive: true })).sort()).toEqual([
    "plimsoll.config.json",
    "weights",
    join("weights", "manifest.json"),
  ]);
});

/** The steps of a Dockerfile's first stage that make the image, run in a plain folder. */
const imageSteps = (app: string): readonly string[] =>
  readText(`apps/${app}/Dockerfile`)
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => /^RUN .*(?:packages\/main|deploy-files\/)/.test(line))
    .map((line) => line.replace(/^RUN (?:--mount=\S+ +)*/, ""));

function runSteps(app: string): string {
  const said = imageSteps(app).map((step) => {
    const command = step
      .replaceAll(" /packages", ` ${join(dir, "packages")}`)
      .replaceAll(" /image", ` ${join(dir, "image", app)}`);
    return execFileSync("sh", ["-euc", command], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip", STORES: "s3", BAKE: "0" },
    });
  });
  return said.join("");
}

nightlyTest(
  "the steps of the server's Dockerfile make a folder that serves; its health check says so",
  async () => {
    const said = runSteps("server");
    console.info(
      said
        .split("\n")
        .filter((line) => line.includes("MB"))
        .join("\n"),
    );
    const image = join(dir, "image", "server");
    const weights = (await readdir(image, { recursive: true })).filter((path) =>
      /\.(?:onnx|pt|h5)$/.test(path),
    );
    expect(weights).toEqual([]);
    const port = String(20_000 + Math.floor(Math.random() * 20_000));
    const env = {
      ...process.env,
      PORT: port,
      HOST: "127.0.0.1",
      MODEL_STORE: "",
      PLIMSOLL_CACHE_DIR: join(dir, "cache"),
    };
    const child = spawn(
      process.execPath,
      ["node_modules/@plimsoll/server/bin/plimsoll-server.js"],
      {
        cwd: image,
        env,
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    try {
      await saysServing(child);
      const [, check = ""] =
        /CMD \["node", "-e", "(.+)"\]/.exec(readText("apps/server/Dockerfile")) ?? [];
      execFileSync(process.execPath, ["-e", check], { env });
      const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { accept: "text/html" } });
      expect(await page.text()).toContain("<title>");
    } finally {
      child.kill("SIGTERM");
    }
  },
  minutes(10),
);

nightlyTest(
  "the trainer's image has its program, and says in one line what it misses",
  () => {
    const said = runSteps("trainer");
    console.info(
      said
        .split("\n")
        .filter((line) => line.includes("MB"))
        .join("\n"),
    );
    const run = () =>
      execFileSync(process.execPath, ["node_modules/@plimsoll/trainer/bin/plimsoll-trainer.js"], {
        cwd: join(dir, "image", "trainer"),
        env: { PATH: process.env["PATH"] ?? "" },
        stdio: "pipe",
      });
    expect(run).toThrow(/plimsoll-trainer: E_USAGE REDIS_URL: /);
  },
  minutes(10),
);

nightlyTest(
  "BAKE=1 puts verified weights into the image",
  async () => {
    const project = join(dir, "baked");
    await mkdir(join(project, "weights"), { recursive: true });
    await writeFile(join(project, "weights", "tiny.npz"), "bytes of a model");
    const cli = join(root, "apps/cli/bin/plimsoll.js");
    node(project, cli, "publish", "weights", "--to", "./store", "--release", "v1.0.0");
    const image = join(dir, "image", "baked");
    node(dir, tool("image-config.mjs"), "--from", project, "--out", image);
    const manifest = await readFile(join(image, "weights", "manifest.json"), "utf8");
    expect(manifest).toContain("tiny.npz");
    node(dir, tool("bake.mjs"), "--bake", "1", "--out", image);
    expect(await readFile(join(image, "weights", "tiny.npz"), "utf8")).toBe("bytes of a model");
  },
  minutes(2),
);

async function saysServing(child: ChildProcess): Promise<void> {
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (text: Buffer) => {
      said += text.toString("utf8");
      if (said.includes("serving at")) resolve();
    });
    child.once("close", () => reject(new Error(`the server ended: ${said}`)));
  });
}
