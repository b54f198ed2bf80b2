import { expect, test } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { setTimeout } from "node:timers/promises";
import { tempDir } from "@plimsoll/testing";
import { sessionOptions } from "../child/ort-session.ts";
import { childProgram } from "../fixtures/child-program.ts";
import { pair, scaleModel, writeVersion } from "../fixtures/small-models.ts";
import { withModels } from "../fixtures/with-models.ts";
import { inferenceDefaults } from "../settings.ts";
import { childCommand } from "./child-command.ts";

const settings = inferenceDefaults.process;

test("a child gets the malloc threshold, no telemetry, a small heap, and no secret of its parent", () => {
  const from = {
    PATH: "/bin",
    AWS_SECRET_ACCESS_KEY: "secret",
    ADMIN_TOKEN: "t",
    NODE_OPTIONS: "-r x",
  };
  const { env, args, file } = childCommand(settings, from, "linux");
  expect(env).toEqual({
    PATH: "/bin",
    MALLOC_MMAP_THRESHOLD_: "1048576",
    ORT_DISABLE_TELEMETRY: "1",
  });
  expect(file).toBe(process.execPath);
  expect(args.slice(0, 2)).toEqual(["--max-old-space-size=96", "--max-semi-space-size=2"]);
  expect(args.at(-1)).toMatch(/child\.ts$/);
});

test("every setting of the process can be changed", () => {
  const changed = {
    oldSpaceMb: 200,
    semiSpaceMb: 8,
    mallocMmapThresholdBytes: 65_536,
    dataLimitBytes: 1_048_576,
    env: { EXTRA: "1" },
    entry: "/opt/app/child.js",
  };
  const { env, args, file, cwd } = childCommand(changed, {}, "linux");
  expect(file).toBe("/bin/sh");
  expect(args).toEqual([
    "-c",
    'ulimit -d 1024; exec "$0" "$@"',
    process.execPath,
    "--max-old-space-size=200",
    "--max-semi-space-size=8",
    "/opt/app/child.js",
  ]);
  expect(env).toMatchObject({ MALLOC_MMAP_THRESHOLD_: "65536", EXTRA: "1" });
  expect(cwd).toBe("/opt/app");
  expect(childCommand(changed, {}, "win32").file).toBe(process.execPath);
});

test("the runtime gets one thread that does not spin, all optimisations, and whatever is set instead", () => {
  expect(sessionOptions(inferenceDefaults.session)).toEqual({
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    enableCpuMemArena: true,
    logSeverityLevel: 4,
    extra: {
      session: {
        intra_op: { allow_spinning: "0" },
        inter_op: { allow_spinning: "0" },
        disable_prepacking: "0",
      },
    },
  });
  const other = { threads: 2, spinning: true, arena: false, prepacking: false };
  expect(sessionOptions({ ...other, optimization: "basic" })).toMatchObject({
    intraOpNumThreads: 2,
    graphOptimizationLevel: "basic",
    enableCpuMemArena: false,
    extra: { session: { intra_op: { allow_spinning: "1" }, disable_prepacking: "1" } },
  });
});

test("no telemetry folder appears, and the child's environment says why", async () => {
  await using dir = await tempDir();
  await using cache = await tempDir();
  // The runtime is silent by itself where CI is set, so the child does not see it.
  const env = { XDG_CACHE_HOME: cache.path, HOME: cache.path };
  await withModels({ process: { env } }, async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    await models.predict("scale", pair(1, 2));
    const pid = models.status()[0]?.versions[0]?.pid;
    if (process.platform === "linux") {
      const variables = (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0");
      expect(variables).toContain("ORT_DISABLE_TELEMETRY=1");
      expect(variables).toContain("MALLOC_MMAP_THRESHOLD_=1048576");
      expect(variables.filter((each) => each.startsWith("CI="))).toEqual([]);
    }
  });
  expect(await readdir(cache.path)).toEqual([]);
}, 180_000);

test("the process that serves never loads the runtime", async () => {
  await using dir = await tempDir();
  const index = new URL("../index.ts", import.meta.url).href;
  const fixtures = new URL("../fixtures/small-models.ts", import.meta.url).href;
  const program = `
    import { openModels } from ${JSON.stringify(index)};
    import { childProgram } from "../fixtures/child-program.ts";
import { pair, scaleModel, writeVersion } from ${JSON.stringify(fixtures)};
    import { createRequire } from "node:module";
    import { readFileSync } from "node:fs";
    const models = openModels();
    await models.swap(await writeVersion(${JSON.stringify(dir.path)}, "v1", scaleModel(2)));
    const { version } = await models.predict("scale", pair(1, 2));
    await models.close();
    const modules = Object.keys(createRequire(import.meta.url).cache);
    const maps = process.platform === "linux" ? readFileSync("/proc/self/maps", "utf8") : "";
    const native = (text) => /onnxruntime|sharp|libvips/.test(text);
    console.log(JSON.stringify({ version, loaded: [...modules, ...maps.split("\\n")].filter(native) }));`;
  const args = [
    "--conditions=@plimsoll/source",
    "--import",
    "tsx",
    "--input-type=module",
    "-e",
    program,
  ];
  const run = spawnSync(process.execPath, args, {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    encoding: "utf8",
  });
  expect(JSON.parse(run.stdout)).toEqual({ version: "v1", loaded: [] });
}, 180_000);

test("V14: children end when the process that serves is killed", async () => {
  await using dir = await tempDir();
  const index = new URL("../index.ts", import.meta.url).href;
  const fixtures = new URL("../fixtures/small-models.ts", import.meta.url).href;
  const program = `
    import { openModels } from ${JSON.stringify(index)};
    import { scaleModel, writeVersion } from ${JSON.stringify(fixtures)};
    const models = openModels({ process: { entry: ${JSON.stringify(childProgram())} } });
    await models.swap(await writeVersion(${JSON.stringify(dir.path)}, "v1", scaleModel(2)));
    console.log(models.status()[0].versions[0].pid);
    process.kill(process.pid, "SIGKILL");`;
  const args = [
    "--conditions=@plimsoll/source",
    "--import",
    "tsx",
    "--input-type=module",
    "-e",
    program,
  ];
  const run = spawnSync(process.execPath, args, {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    encoding: "utf8",
  });
  const pid = Number(run.stdout);
  expect(pid).toBeGreaterThan(1);
  const gone = (): boolean => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  };
  while (!gone()) await setTimeout(10);
}, 180_000);
