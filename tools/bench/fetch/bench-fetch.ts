import { selfSigned } from "@plimsoll/testing";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { runScenario, writeReport, type Scenario } from "../report.ts";
import { dataFile, type DataFile } from "../data.ts";
import { deltaFigures } from "./delta.ts";
import { startNginx } from "./nginx.ts";
import {
  limitedScenario,
  manyScenario,
  oneScenario,
  resumeScenario,
  type Bench,
} from "./scenarios.ts";

const limitBytesPerSecond = 12_000_000;

/** Scenarios that need the servers. */
const transferNames = [
  "1 GB over HTTPS, verified",
  "256 MB, 12 MB/s a connection, 16 allowed",
  "200 files of 1 MB over HTTPS",
  "1 GB, resumed after kill -9 at 50 %",
];

/** `npm run bench -- fetch`: fetching over loopback against other programs, see docs of the figures to reach. */
export async function benchFetch(options: {
  readonly rounds: number;
  readonly only: string;
}): Promise<void> {
  const workspace = fileURLToPath(new URL("../../..", import.meta.url));
  // The built code is measured: that is what runs in an app.
  execFileSync(process.execPath, ["tools/build.mjs", "libs/weights", "libs/testing"], {
    cwd: workspace,
    stdio: "inherit",
  });
  const dir = await mkdtemp(join(tmpdir(), "plimsoll-bench-"));
  const stops: (() => Promise<void> | void)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const client = beside("noop-client.mjs");
    const figures = await deltaFigures(dir, { ...options, client });
    const results = await transferScenarios(dir, options, stops);
    console.log(`\nwritten to ${await writeReport("fetch", [...results, { figures }])}`);
  } finally {
    for (const stop of stops) await stop();
  }
}

/** The scenarios in which programs race. Nothing is made or started where none is asked for. */
async function transferScenarios(
  dir: string,
  options: { readonly rounds: number; readonly only: string },
  stops: (() => Promise<void> | void)[],
): Promise<readonly object[]> {
  if (!transferNames.some((name) => name.includes(options.only))) return [];
  const data = join(tmpdir(), "plimsoll-bench-data");
  const tls = selfSigned();
  const one = await dataFile(data, "one", 1_000_000_000);
  const quarter = await dataFile(data, "quarter", 256_000_000);
  const many: DataFile[] = [];
  for (let index = 0; index < 200; index++) {
    many.push(await dataFile(data, `many/${index}`, 1_000_000));
  }
  await mkdir(join(dir, "nginx"));
  const nginx = await startNginx(join(dir, "nginx"), data, tls);
  stops.unshift(() => nginx.stop());
  const limit = [join(data, quarter.name), quarter.name, String(limitBytesPerSecond)];
  const limited = await startHost("limited-host.mjs", limit, stops);
  const hub = async (origin: string, files: readonly DataFile[]): Promise<string> =>
    await startHost("hub-host.mjs", [origin, JSON.stringify(files)], stops);
  await writeFile(join(dir, "ca.pem"), tls.cert);
  const bench: Bench = {
    dir,
    ca: join(dir, "ca.pem"),
    client: beside("client.mjs"),
    hubClient: beside("hub-client.mjs"),
    data,
  };
  const scenarios: Scenario[] = [
    oneScenario(bench, nginx.origin, one),
    limitedScenario(bench, limited, quarter, await hub(limited, [quarter]), limitBytesPerSecond),
    manyScenario(bench, nginx.origin, many, await hub(nginx.origin, many)),
    resumeScenario(bench, nginx.origin, one),
  ];
  const results = [];
  for (const scenario of scenarios) {
    if (!scenario.name.includes(options.only)) continue;
    results.push(await runScenario(scenario, options.rounds));
  }
  return results;
}

/** Starts a script of this folder as a process of its own; gives the origin that it prints. */
async function startHost(
  script: string,
  args: readonly string[],
  stops: (() => Promise<void> | void)[],
): Promise<string> {
  const host = spawn(process.execPath, [beside(script), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  stops.unshift(async () => {
    host.kill();
    await once(host, "exit");
  });
  const [origin] = (await once(createInterface(host.stdout), "line")) as [string];
  return origin;
}

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
