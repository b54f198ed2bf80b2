import { soak } from "./soak.ts";

/** `npm run soak [-- --syncs 1000] [-- --seconds 600] [-- --seed 1]`; see `soak`. */
const flag = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};

const result = await soak({
  syncs: flag("--syncs", 1000),
  seconds: flag("--seconds", 600),
  seed: flag("--seed", 1),
  onSync: (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done}`);
    else if (done % 100 === 0) process.stderr.write(`${done}\n`);
  },
});
if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
for (const [outcome, count] of Object.entries(result.outcomes)) console.log(`${count} ${outcome}`);
for (const fault of result.faults) console.log(`WRONG ${fault}`);
const last = result.held.at(-1);
const first = result.held[Math.floor(result.held.length / 4)];
const mib = (bytes = 0): string => `${Math.round(bytes / 1_048_576)} MiB`;
console.log(
  `memory ${mib(first?.residentBytes)} after a quarter, ${mib(last?.residentBytes)} at the end; open files ${first?.descriptors}, ${last?.descriptors}`,
);
console.log(`${result.syncs} syncs, ${result.requests} requests, ${result.faults.length} wrong`);
process.exitCode = result.faults.length > 0 ? 1 : 0;
