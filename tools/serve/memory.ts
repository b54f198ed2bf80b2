/**
 * A server inside 512 MB, as on a free tier: `tsx --conditions=@plimsoll/source tools/serve/memory.ts [--swaps 50]
 * [--megabytes 150] [--inline]`. Starts with an empty cache, answers the first request, takes a new version, then swaps
 * again and again. Exits 1 where something was ended for want of memory, a version did not become active, or memory grows.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { publishWeights } from "@plimsoll/weights";
import { writeBigModel } from "./big-model.ts";
import { controlGroup } from "./control-group.ts";
import { localServer } from "./local-server.ts";

const { values } = parseArgs({
  options: {
    swaps: { type: "string", default: "50" },
    megabytes: { type: "string", default: "150" },
    limit: { type: "string", default: "512" },
    inline: { type: "boolean", default: false },
  },
});
const swaps = Number(values.swaps);
const megabytes = Number(values.megabytes);
const limitBytes = Number(values.limit) * 1024 * 1024;
const model = "big";
/** Memory at the end may be so much above that after the first swaps. */
const growth = 1.1;
const settleMs = 1_000;

// The server would build itself where its code is old: a compiler does not fit into the group.
const build = fileURLToPath(new URL("../build.mjs", import.meta.url));
execFileSync(process.execPath, [build, "apps/server"], { stdio: "inherit" });

const dir = await mkdtemp(join(tmpdir(), "plimsoll-memory-"));
const group = controlGroup(limitBytes);
const failures: string[] = [];
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

try {
  const store = join(dir, "store");
  for (const factor of [1, 2]) {
    const from = join(dir, `v${factor}`);
    await writeBigModel(from, model, { factor, megabytes, external: !values.inline });
    const release = `v${factor}.0.0`;
    await publishWeights({ from: [from], to: [store], release, model, cache: false });
    await rm(from, { recursive: true });
  }
  const how = values.inline ? "inside the model" : "in a file of their own";
  console.log(`${megabytes} MB of weights ${how}, limit ${values.limit} MiB, group ${group.kind}`);
  await using server = await localServer({
    cwd: dir,
    log: join(dir, "log"),
    env: {
      MODEL_STORE: store,
      PLIMSOLL_CACHE_DIR: join(dir, "cache"),
      PLIMSOLL_MEMORY_BUDGET: `${values.limit}MB`,
    },
    onSpawn: (pid) => group.add(pid),
  });
  let peakRss = 0;
  const sampler = setInterval(() => {
    const { parent, children } = server.memory();
    peakRss = Math.max(peakRss, parent + children);
  }, 20);
  const report = async (what: string): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const { parent, children } = server.memory();
    const anonymous = group.anonymous();
    const inGroup =
      anonymous === undefined
        ? ""
        : `, group ${mb(anonymous)} of its own and ${mb(group.usage() ?? 0)} in all`;
    console.log(
      `${what.padEnd(28)} parent ${parent.toFixed(0)} MB, children ${children.toFixed(0)} MB${inGroup}`,
    );
    return anonymous === undefined ? parent + children : anonymous / 1e6;
  };
  const swapTo = async (factor: number): Promise<number> => {
    const began = performance.now();
    const order = { model_type: model, version: `v${factor}.0.0` };
    const reply = await server.admin("POST", "reload-models", order);
    const text = await reply.text();
    if (!reply.ok) failures.push(`swap to v${factor}.0.0: ${reply.status} ${text.slice(0, 300)}`);
    else if ((await server.ask(model)).factor !== factor) failures.push(`v${factor} is not live`);
    return performance.now() - began;
  };

  await report("idle, nothing loaded");
  const began = performance.now();
  await server.ask(model);
  console.log(`first answer, cache empty: ${(performance.now() - began).toFixed(0)} ms`);
  await report("after the first answer");
  console.log(`first swap: ${(await swapTo(1)).toFixed(0)} ms`);
  await report("after the first swap");
  let early = 0;
  const times: number[] = [];
  for (let i = 1; i < swaps && failures.length === 0; i += 1) {
    times.push(await swapTo((i % 2) + 1));
    if (i === Math.min(10, swaps - 1)) early = await report(`after ${i} swaps`);
  }
  const late = await report(`after ${swaps} swaps`);
  clearInterval(sampler);
  const middle = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  console.log(`a swap takes ${middle.toFixed(0)} ms (median)`);
  console.log(
    `highest sampled sum of resident memory, shared pages counted twice: ${peakRss.toFixed(0)} MB`,
  );
  if (late > early * growth) {
    failures.push(`memory grew from ${early.toFixed(0)} to ${late.toFixed(0)} MB`);
  }
  if (group.kills() > 0) failures.push(`${group.kills()} processes were ended for want of memory`);
} finally {
  group.remove();
  await rm(dir, { recursive: true, force: true });
}
for (const failure of failures) console.error(`memory: ${failure}`);
if (failures.length > 0) process.exitCode = 1;
else console.log("flat, and nothing was ended for want of memory");
