/**
 * `npx nx run bench-trend [--history <file>] [--bound 1.5]`: holds what `npm run bench` measured last
 * (bench/out/*.json) against the median of the runs before, adds it to them, and ends with exit code 1 where a figure is
 * worse by more than the bound. A regression is told until it has become the median.
 */
import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { complain } from "./complain.ts";
import { compareRuns, type Trend } from "./bench/trend/compare-runs.ts";
import { readHistory, writeHistory } from "./bench/trend/history.ts";
import { figuresOf } from "./bench/trend/series.ts";

const short = (value: number | undefined): string =>
  value === undefined ? "" : String(Number(value.toPrecision(3)));

/** Worst first; a table in Markdown, as a workflow's summary shows it. */
function tableOf(trends: readonly Trend[]): readonly string[] {
  const sorted = trends.toSorted((a, b) => (b.worse ?? 0) - (a.worse ?? 0));
  return [
    "| figure | median before | now | worse by | |",
    "| --- | ---: | ---: | ---: | --- |",
    ...sorted.map(({ name, now, before, worse, isRegression }) => {
      const verdict = isRegression ? "**regression**" : before === undefined ? "too few runs" : "";
      const ratio = worse === undefined ? "" : `× ${short(worse)}`;
      return `| ${name.replaceAll("|", "\\|")} | ${short(before)} | ${short(now)} | ${ratio} | ${verdict} |`;
    }),
  ];
}

async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      history: { type: "string", default: join("bench", "history", "history.json") },
      out: { type: "string", default: join("bench", "out") },
      bound: { type: "string", default: "1.5" },
    },
  });
  const bound = Number(values.bound);
  if (!(bound > 1)) throw new Error(`--bound ${values.bound}: more than 1 expected`);
  const figures: Record<string, number> = {};
  for (const file of (await readdir(values.out)).sort()) {
    if (!file.endsWith(".json")) continue;
    const report = JSON.parse(await readFile(join(values.out, file), "utf8")) as Readonly<
      Record<string, unknown>
    >;
    Object.assign(figures, figuresOf(file.replace(/\.json$/, ""), report));
  }
  if (Object.keys(figures).length === 0) throw new Error(`${values.out}: nothing was measured`);
  const text = await readFile(values.history, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const before = text === undefined ? [] : readHistory(text);
  const [major] = process.versions.node.split(".");
  const machine = `${process.platform}-${process.arch}, ${cpus().length} cores, Node ${major}`;
  const run = { at: new Date().toISOString(), machine, figures };
  const trends = compareRuns(run, before, { bound });
  const table = tableOf(trends);
  for (const line of table) console.log(line);
  await mkdir(dirname(values.history), { recursive: true });
  await writeFile(values.history, writeHistory([...before, run]));
  const { GITHUB_STEP_SUMMARY: summary } = process.env;
  if (summary) await appendFile(summary, `## Bench on ${machine}\n\n${table.join("\n")}\n`);
  const worse = trends.filter(({ isRegression }) => isRegression);
  console.log(
    `${trends.length} figures, ${before.length} runs before, ${worse.length} regressions`,
  );
  if (worse.length > 0) process.exitCode = 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  complain("bench-trend", error);
}
