import { availableParallelism } from "node:os";
import { canTrace } from "./run-point.ts";
import { sweep } from "./sweep.ts";

/**
 * `npm run crash [-- --every 10 --only fsync --from http --at-once 2]`: the whole sweep, from a folder and then from a
 * web server; see `sweep`.
 */
const flag = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};

/** Each point waits more for the disk and for strace than it computes. */
const atOnce = Number(flag("--at-once") ?? Math.min(4, availableParallelism()));
const sources = (["file", "http"] as const).filter((from) => (flag("--from") ?? from) === from);

async function run(from: (typeof sources)[number]): Promise<void> {
  const result = await sweep({
    every: Number(flag("--every") ?? 1),
    only: flag("--only") ?? "",
    from,
    atOnce,
    onFault: (fault) => void process.stderr.write(`WRONG ${fault}\n`),
    onPoint: (text, done, all) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done}/${all} ${text}`);
      else if (done % 50 === 0) process.stderr.write(`${done}/${all}\n`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  for (const [what, counts] of Object.entries(result.outcomes)) {
    const text = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
    console.log(`${what}: ${text.join(", ")}`);
  }
  for (const fault of result.faults) console.log(`WRONG ${fault}`);
  const { tried, points, faults } = result;
  console.log(`from ${from}: ${tried} of ${points} points, ${faults.length} wrong`);
  if (faults.length > 0) process.exitCode = 1;
}

if (canTrace()) for (const from of sources) await run(from);
else console.log("skipped: no strace");
