import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { measure, type Command, type Cost } from "./measure.ts";

/** One that takes part in a scenario. */
export interface Contestant {
  readonly name: string;
  /** What is run; called before each round, so that it may clear up. */
  readonly prepare: () => Promise<Command>;
}

export interface Scenario {
  readonly name: string;
  /** The first is ours; the others are held against it. */
  readonly contestants: readonly Contestant[];
  /** The shortest time that is possible, where that can be told. */
  readonly idealSeconds?: number;
  /** Figures to reach: ours divided by another's median (or by `ideal`). */
  readonly targets: readonly { readonly against: readonly string[]; readonly atMost: number }[];
}

export interface Line extends Cost {
  readonly name: string;
  readonly runs: readonly Cost[];
}

export interface Verdict {
  readonly against: string;
  readonly ratio: number;
  readonly atMost: number;
}

/** Runs a scenario in interleaved rounds, prints medians and ratios, and gives them. */
export async function runScenario(
  scenario: Scenario,
  rounds: number,
): Promise<{
  readonly name: string;
  readonly lines: readonly Line[];
  readonly verdicts: readonly Verdict[];
}> {
  const runs = new Map<string, Cost[]>();
  const failed = new Set<string>();
  // The first round warms caches and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const { name, prepare } of scenario.contestants) {
      if (failed.has(name)) continue;
      try {
        const cost = await measure(await prepare());
        if (round > 0) runs.set(name, [...(runs.get(name) ?? []), cost]);
      } catch (error) {
        failed.add(name);
        console.log(`  ${name} left out: ${(error as Error).message.split("\n")[0]}`);
      }
    }
  }
  const lines = [...runs].map(([name, costs]) => ({
    name,
    runs: costs,
    wallSeconds: median(costs.map((cost) => cost.wallSeconds)),
    cpuSeconds: median(costs.map((cost) => cost.cpuSeconds)),
    memoryMb: Math.max(...costs.map((cost) => cost.memoryMb)),
  }));
  const verdicts = judge(scenario, lines);
  print(scenario, lines, verdicts);
  return { name: scenario.name, lines, verdicts };
}

/** Writes what was measured to `bench/out/<name>.json`. */
export async function writeReport(name: string, results: readonly object[]): Promise<string> {
  const path = join("bench", "out", `${name}.json`);
  await mkdir(join("bench", "out"), { recursive: true });
  const machine = { cpus: cpus().length, load: loadavg(), node: process.version };
  const report = { at: new Date().toISOString(), machine, results };
  await writeFile(path, `${JSON.stringify(report, undefined, 2)}\n`);
  return path;
}

function judge({ targets, idealSeconds }: Scenario, lines: readonly Line[]): Verdict[] {
  const [ours] = lines;
  if (ours === undefined) return [];
  return targets.flatMap(({ against, atMost }) => {
    const named = [
      ...lines,
      ...(idealSeconds === undefined ? [] : [{ name: "ideal", wallSeconds: idealSeconds }]),
    ].filter(({ name }) => against.includes(name));
    const [best] = named.toSorted((a, b) => a.wallSeconds - b.wallSeconds);
    if (best === undefined) return [];
    return [{ against: best.name, ratio: ours.wallSeconds / best.wallSeconds, atMost }];
  });
}

function print(scenario: Scenario, lines: readonly Line[], verdicts: readonly Verdict[]): void {
  const ideal =
    scenario.idealSeconds === undefined ? "" : `, ideal ${scenario.idealSeconds.toFixed(2)} s`;
  console.log(`\n${scenario.name}${ideal} (load ${loadavg()[0]?.toFixed(1)})`);
  for (const { name, wallSeconds, cpuSeconds, memoryMb } of lines) {
    const columns = [
      name.padEnd(34),
      `${wallSeconds.toFixed(2)} s`.padStart(9),
      `cpu ${cpuSeconds.toFixed(1)} s`.padStart(11),
      `${memoryMb.toFixed(0)} MB`.padStart(8),
    ];
    console.log(`  ${columns.join("  ")}`);
  }
  for (const { against, ratio, atMost } of verdicts) {
    const verdict = ratio <= atMost ? "reached" : "missed";
    console.log(`  ${ratio.toFixed(2)} of ${against}, at most ${atMost}: ${verdict}`);
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
