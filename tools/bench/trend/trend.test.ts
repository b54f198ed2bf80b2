import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { compareRuns } from "./compare-runs.ts";
import { readHistory, writeHistory } from "./history.ts";
import { figuresOf } from "./series.ts";

const run = (figures: Readonly<Record<string, number>>, machine = "a") => ({
  at: "2026-01-01T00:00:00.000Z",
  machine,
  figures,
});
const regressions = (...args: Parameters<typeof compareRuns>): readonly string[] =>
  compareRuns(...args).flatMap(({ name, isRegression }) => (isRegression ? [name] : []));

test("the figures of every kind of report have a name of their own, bounds are none", () => {
  const lines = [
    { name: "ours", wallSeconds: 2, cpuSeconds: 1, memoryMb: 100, runs: [] },
    { name: "curl", wallSeconds: 4 },
  ];
  const verdicts = [{ against: "curl", ratio: 0.5, atMost: 1 }];
  const figures = [{ name: "no-op", value: 90, atMost: 150, unit: "ms" }];
  const fetch = { results: [{ name: "1 GB", lines, verdicts }, { figures }] };
  expect(figuresOf("fetch", fetch)).toEqual({
    "fetch/1 GB: seconds": 2,
    "fetch/1 GB: memory MB": 100,
    "fetch/1 GB: of curl": 0.5,
    "fetch: figures no-op": 90,
  });
  const serve = { results: [{ name: "serve", rounds: 2, figures: { memoryMb: { idle: 65 } } }] };
  expect(figuresOf("serve", serve)).toEqual({ "serve/serve: figures.memoryMb.idle": 65 });
  expect(figuresOf("train", { results: [{ name: "clips", rates: [{ one: 3.5 }] }] })).toEqual({
    "train/clips: rates.one": 3.5,
  });
});

test("worse than the median beyond the bound is a regression, in the direction of the figure", () => {
  const past = [1, 1.1, 5, 0.9].map((value) =>
    run({ "x: seconds": value, "serve: figures.throughputPerSecond.json": 500 * value }),
  );
  const now = (seconds: number, rate: number) =>
    run({ "x: seconds": seconds, "serve: figures.throughputPerSecond.json": rate });
  expect(regressions(now(1.2, 600), past)).toEqual([]);
  expect(regressions(now(1.6, 600), past)).toEqual(["x: seconds"]);
  expect(regressions(now(0.1, 300), past)).toEqual(["serve: figures.throughputPerSecond.json"]);
  expect(regressions(now(1.6, 600), past, { bound: 2 })).toEqual([]);
});

test("too few runs, another machine and what is too small to matter say nothing", () => {
  const past = [1, 1, 1].map((value) => run({ "x: seconds": value }));
  expect(regressions(run({ "x: seconds": 9 }), past.slice(1))).toEqual([]);
  expect(regressions(run({ "x: seconds": 9 }, "b"), past)).toEqual([]);
  expect(regressions(run({ "y: seconds": 9 }), past)).toEqual([]);
  const tiny = [0.01, 0.01, 0.01].map((value) => run({ "x: seconds": value }));
  expect(regressions(run({ "x: seconds": 0.05 }), tiny)).toEqual([]);
  const none = [0, 0, 0].map((value) => run({ "bytes received": value }));
  expect(regressions(run({ "bytes received": 1 }), none)).toEqual(["bytes received"]);
});

test("a history is read back, and one of another form refused", () => {
  const runs = [run({ a: 1 }), run({ a: 2 })];
  expect(readHistory(writeHistory(runs))).toEqual(runs);
  expect(readHistory(writeHistory(Array<(typeof runs)[0]>(400).fill(run({ a: 1 }))))).toHaveLength(
    365,
  );
  for (const text of ["{}", '{"format":2,"runs":[]}', '{"format":1,"runs":[{"figures":{}}]}']) {
    expect(() => readHistory(text)).toThrow();
  }
});

test("the tool grows its history from nothing, and fails the night that is slower", async () => {
  await using dir = await tempDir();
  const root = new URL("../../../", import.meta.url);
  const tsx = new URL("node_modules/tsx/dist/esm/index.mjs", root).href;
  const tool = fileURLToPath(new URL("tools/bench-trend.ts", root));
  await mkdir(dir.join("bench/out"), { recursive: true });
  const night = async (seconds: number): Promise<string> => {
    const report = { results: [{ name: "1 GB", lines: [{ wallSeconds: seconds }], verdicts: [] }] };
    await writeFile(dir.join("bench/out/fetch.json"), JSON.stringify(report));
    const args = ["--conditions=@plimsoll/source", "--import", tsx, tool];
    const env = { ...process.env, GITHUB_STEP_SUMMARY: dir.join("summary.md"), NODE_OPTIONS: "" };
    return (await promisify(execFile)(process.execPath, args, { cwd: dir.path, env })).stdout;
  };
  for (const before of [0, 1, 2]) {
    expect(await night(2)).toContain(`1 figures, ${before} runs before, 0 regressions`);
  }
  await expect(night(4)).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining("| fetch/1 GB: seconds | 2 | 4 | × 2 | **regression** |"),
  });
  const history = await readFile(dir.join("bench/history/history.json"), "utf8");
  expect(readHistory(history)).toHaveLength(4);
  expect(await readFile(dir.join("summary.md"), "utf8")).toContain("**regression**");
}, 120_000);
