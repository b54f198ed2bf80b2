import { chooseBackbone, writeBackbone } from "@plimsoll/training";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measure } from "../measure.ts";
import { runScenario, writeReport } from "../report.ts";
import { writeClips, writeEmbeddings } from "./data.ts";

const memoryLimitMb = 400;
/** So many that the start of a process weighs little, as in a run. */
const clipCount = 120;
const copies = 6;

/** `npm run bench -- train`: fitting a head beside scikit-learn, and clips augmented and embedded per second. */
export async function benchTrain(options: {
  readonly rounds: number;
  readonly only: string;
}): Promise<void> {
  const workspace = fileURLToPath(new URL("../../..", import.meta.url));
  execFileSync(process.execPath, ["tools/build.mjs", "libs/training", "libs/testing"], {
    cwd: workspace,
    stdio: "inherit",
  });
  const dir = await mkdtemp(join(tmpdir(), "plimsoll-bench-"));
  try {
    const results: object[] = [];
    if ("head".includes(options.only))
      results.push(await benchHead(dir, workspace, options.rounds));
    if ("clips".includes(options.only))
      results.push(await benchClips(dir, workspace, options.rounds));
    console.log(`\nwritten to ${await writeReport("train", results)}`);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Without this setting glibc keeps what was freed; servers start their training children with it, too. */
const env = { MALLOC_MMAP_THRESHOLD_: "1048576" };

async function benchHead(dir: string, workspace: string, rounds: number): Promise<object> {
  const data = join(dir, "embeddings");
  await writeEmbeddings(data);
  const script = (name: string): string => join(workspace, "tools/bench/train", name);
  const result = (name: string): string => join(dir, `${name}.accuracy`);
  const ours = (kind: string) => ({
    name: `plimsoll ${kind}`,
    prepare: () =>
      Promise.resolve({
        file: process.execPath,
        args: [script("head.mjs"), data, kind, result(`plimsoll ${kind}`)],
        env,
      }),
  });
  const sklearn = "scikit-learn LogisticRegression";
  const report = await runScenario(
    {
      name: "head on 21,000 x 1,024, 10 classes, 20 epochs",
      contestants: [
        ours("softmax"),
        ours("mlp"),
        {
          name: sklearn,
          prepare: () =>
            Promise.resolve({
              file: process.env["PLIMSOLL_BENCH_PYTHON"] ?? "/usr/bin/python3",
              args: [script("sklearn_head.py"), data, result(sklearn)],
            }),
        },
      ],
      targets: [{ against: [sklearn], atMost: 0.5 }],
    },
    rounds,
  );
  const accuracies: Record<string, number> = {};
  for (const { name, memoryMb } of report.lines) {
    accuracies[name] = Number(await readFile(result(name), "utf8"));
    console.log(`  ${name.padEnd(34)}  accuracy ${accuracies[name]?.toFixed(4)}`);
    if (name.startsWith("plimsoll")) judgeMemory(memoryMb);
  }
  return { ...report, accuracies };
}

async function benchClips(dir: string, workspace: string, rounds: number): Promise<object> {
  const samples = await writeClips(join(dir, "clips"), clipCount);
  const backbone = join(dir, "backbone.onnx");
  await writeBackbone(backbone, await chooseBackbone({ task: "audio-classification" }, []));
  const work = (part: typeof samples, cache: string) =>
    measure({
      file: process.execPath,
      args: [
        join(workspace, "tools/bench/train/clips.mjs"),
        JSON.stringify({ samples: part, backbone, copies, cacheDir: join(dir, cache) }),
      ],
      env,
    });
  const rates: { one: number; two: number; memoryMb: number; perCore: number }[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const one = await work(samples, `one-${round}`);
    const began = performance.now();
    const both = await Promise.all([
      work(samples.slice(0, clipCount / 2), `two-${round}`),
      work(samples.slice(clipCount / 2), `two-${round}`),
    ]);
    const seconds = (performance.now() - began) / 1000;
    const rows = clipCount * copies;
    if (round === 0) continue;
    rates.push({
      one: rows / one.wallSeconds,
      two: rows / seconds,
      perCore: rows / one.cpuSeconds,
      memoryMb: Math.max(one.memoryMb, ...both.map(({ memoryMb }) => memoryMb)),
    });
  }
  const best = (pick: (rate: (typeof rates)[number]) => number): number =>
    Math.max(...rates.map(pick));
  const [one, two] = [best((rate) => rate.one), best((rate) => rate.two)];
  console.log(
    `\nclips of 5 s augmented and embedded (best of ${rounds}; with the start of the process)`,
  );
  console.log(
    `  one worker ${one.toFixed(1)} per second, ${best((rate) => rate.perCore).toFixed(1)} per second of a core`,
  );
  console.log(
    `  two workers ${two.toFixed(1)} per second: ${(two / one).toFixed(2)} x, at least 1.7: ${two / one >= 1.7 ? "reached" : "missed"}`,
  );
  judgeMemory(best((rate) => rate.memoryMb));
  return { name: "clips", rates };
}

function judgeMemory(memoryMb: number): void {
  const verdict = memoryMb <= memoryLimitMb ? "reached" : "missed";
  console.log(`  peak ${memoryMb.toFixed(0)} MB, at most ${memoryLimitMb}: ${verdict}`);
}
