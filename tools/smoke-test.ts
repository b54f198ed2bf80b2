/**
 * `npx nx run smoke-test --url <server> [--manifest weights/manifest.json]`: tries a running server against the release
 * that a manifest pins. `--serve <store>` starts a server of its own for it, which ends with the test. Exit code 0, or 1
 * with a line for each check that failed.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { parseManifest } from "@plimsoll/manifest";
import { openStore } from "@plimsoll/storage";
import { recordSmokeTest } from "@plimsoll/weights";
import { complain } from "./complain.ts";
import { serverClient } from "./smoke/server-client.ts";
import { expectedOf, smokeTest } from "./smoke/smoke-test.ts";
import { startServer } from "./smoke/start-server.ts";
import { writeReport } from "./smoke/write-report.ts";

const usage = `npx nx run smoke-test (--url <server> | --serve <store>) [options]
  --manifest <file>       the release that must be served (default: weights/manifest.json)
  --model <name>          default: the manifest's
  --predictions <n>       how many are timed (default: 50)
  --max-p95-ms <ms>       default: 2000
  --max-error-rate <0-1>  default: 0
  --memory-budget <MB>    of server and children, MB of 10^6 bytes
  --report <file>         .xml: JUnit, else JSON
  --record <store>        notes the result beside the version: promote --require-smoke asks for it
API_KEY and ADMIN_TOKEN of the server come from the environment.`;

function number(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`${flag} ${text}: a number of at least 0 expected`);
}

async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      url: { type: "string" },
      serve: { type: "string" },
      manifest: { type: "string", default: "weights/manifest.json" },
      model: { type: "string" },
      predictions: { type: "string" },
      "max-p95-ms": { type: "string" },
      "max-error-rate": { type: "string" },
      "memory-budget": { type: "string" },
      report: { type: "string" },
      record: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  if ((values.url === undefined) === (values.serve === undefined)) {
    throw new Error(`either --url or --serve:\n${usage}`);
  }
  const parsed = parseManifest(await readFile(values.manifest), { source: values.manifest });
  const expected = expectedOf(parsed.manifest, values.model);
  const own =
    values.serve === undefined
      ? undefined
      : await startServer({
          store: values.serve,
          model: expected.model,
          version: expected.release,
        });
  try {
    const server = serverClient(own?.url ?? values.url ?? "", {
      apiKey: process.env["API_KEY"],
      adminToken: own?.adminToken ?? process.env["ADMIN_TOKEN"],
    });
    const predictions = number(values.predictions, "--predictions");
    const maxP95Ms = number(values["max-p95-ms"], "--max-p95-ms");
    const maxErrorRate = number(values["max-error-rate"], "--max-error-rate");
    const budget = number(values["memory-budget"], "--memory-budget");
    const report = await smokeTest(server, expected, {
      ...(predictions !== undefined && { predictions }),
      ...(maxP95Ms !== undefined && { maxP95Ms }),
      ...(maxErrorRate !== undefined && { maxErrorRate }),
      ...(budget !== undefined && { memoryBudgetBytes: budget * 1e6 }),
    });
    for (const { name, outcome, detail } of report.checks) {
      console.log(`${outcome.padEnd(8)} ${name}: ${detail}`);
    }
    if (values.report !== undefined) await writeReport(values.report, report);
    if (values.record !== undefined) await record(values.record, parsed.digest, report);
    const { model, release } = report;
    console.log(`smoke test of ${model} ${release}: ${report.passed ? "passed" : "FAILED"}`);
    if (!report.passed) process.exitCode = 1;
  } finally {
    await own?.stop();
  }
}

async function record(
  url: string,
  manifest: string,
  { model, release, passed, checks }: Awaited<ReturnType<typeof smokeTest>>,
): Promise<void> {
  const store = await openStore(url);
  try {
    const failed = checks.find(({ outcome }) => outcome === "failed");
    const note = failed && `${failed.name}: ${failed.detail}`.slice(0, 500);
    await recordSmokeTest(store, {
      model,
      version: release,
      manifest,
      passed,
      tested_at: new Date().toISOString(),
      ...(note !== undefined && { note }),
    });
  } finally {
    await store.close();
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  complain("smoke-test", error);
}
