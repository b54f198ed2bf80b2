/**
 * The hot-reload story by curl, against the built server: `tsx --conditions=@plimsoll/source tools/serve/hot-reload.ts
 * [store URL]`. Without a store a folder is used; under `node tools/s3/with-radosgw.mjs -- …` a bucket of that S3 server;
 * `s3://…` with its credentials in the environment works the same. Exits 1 where a step does not do what it says, or where
 * 50 MB take 2 s or longer to become active.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publishWeights } from "@plimsoll/weights";
import { writeBigModel } from "./big-model.ts";
import { localServer, token } from "./local-server.ts";

const model = "yolov8m";
const megabytes = 50;
const mostMs = 2_000;

const dir = await mkdtemp(join(tmpdir(), "plimsoll-hot-reload-"));
const endpoint = process.env["PLIMSOLL_TEST_S3"];
const bucket = `plimsoll-hot-reload-${process.pid}`;
const store =
  process.argv[2] ??
  (endpoint === undefined
    ? join(dir, "store")
    : `s3://${bucket}?endpoint=${endpoint}&region=us-east-1&pathStyle=1`);
const failures: string[] = [];

async function upload(release: string, factor: number): Promise<void> {
  const from = join(dir, release);
  await writeBigModel(from, model, { factor, megabytes });
  await publishWeights({
    from: [from],
    to: [store],
    release,
    model,
    channel: "latest",
    cache: false,
  });
  console.log(`uploaded ${release}, ${megabytes} MB, to ${store.replace(/\?.*/, "")}`);
}

/** Runs curl as a person would, and prints what it said. */
function curl(args: readonly string[]): unknown {
  const began = performance.now();
  const text = execFileSync("curl", ["--silent", "--show-error", ...args], { encoding: "utf8" });
  const shown = args.map((arg) => arg.replace(token, "$ADMIN_TOKEN")).join(" ");
  console.log(
    `$ curl ${shown}\n  ${text.slice(0, 400)} (${(performance.now() - began).toFixed(0)} ms)`,
  );
  return JSON.parse(text);
}

function expect(what: string, holds: boolean): void {
  if (!holds) failures.push(what);
  console.log(`  ${holds ? "ok" : "NOT"}: ${what}`);
}

try {
  if (endpoint !== undefined && process.argv[2] === undefined) {
    const cli = fileURLToPath(new URL("../../apps/cli/bin/plimsoll.js", import.meta.url));
    execFileSync(process.execPath, [cli, "bucket", "setup", store, "--yes"], { stdio: "ignore" });
  }
  await upload("v2.0.0", 2);
  await using server = await localServer({
    cwd: dir,
    log: join(dir, "server.log"),
    env: { MODEL_STORE: store, PLIMSOLL_CACHE_DIR: join(dir, "cache") },
  });
  const admin = `${server.url}/api/v1/admin`;
  const bearer = ["-H", `Authorization: Bearer ${token}`];
  const json = ["-H", "Content-Type: application/json"];
  const reload = (body: object): { success?: boolean; version?: string } =>
    curl([
      ...["-X", "POST", `${admin}/reload-models`],
      ...bearer,
      ...json,
      ...["-d", JSON.stringify(body)],
    ]) as { success?: boolean; version?: string };

  const began = performance.now();
  expect("the first request is answered by v2.0.0", (await server.ask(model)).version === "v2.0.0");
  console.log(`  first answer after ${(performance.now() - began).toFixed(0)} ms, cache empty`);
  await upload("v2.1.0", 3);
  const cpuBefore = server.cpuMs();
  const reloadedAt = performance.now();
  const first = reload({ model_type: model, version: "latest", force_download: true });
  const after = await server.ask(model);
  const activeMs = performance.now() - reloadedAt;
  console.log(`  processor time of server and children: ${server.cpuMs() - cpuBefore} ms`);
  expect("reload-models took v2.1.0", first.success === true && after.version === "v2.1.0");
  expect(`active after ${activeMs.toFixed(0)} ms, less than ${mostMs}`, activeMs < mostMs);
  const versions = curl([`${admin}/models/versions/${model}`, ...bearer]) as {
    versions: string[];
    latest: string;
  };
  expect("both versions, newest first", versions.versions.join() === "v2.1.0,v2.0.0");
  expect("latest is v2.1.0", versions.latest === "v2.1.0");
  const metadata = curl([`${admin}/models/metadata/${model}`, ...bearer]) as { version: string };
  expect("metadata of v2.1.0", metadata.version === "v2.1.0");
  const cleared = curl(["-X", "POST", `${admin}/cache/clear`, ...bearer]) as { success: boolean };
  expect("cache cleared", cleared.success);
  const forced = reload({ model_type: "all", force_download: true });
  expect("downloaded again", forced.success === true);
  const back = reload({ model_type: model, version: "v2.0.0" });
  expect("rolled back to v2.0.0", back.success === true);
  expect("v2.0.0 answers", (await server.ask(model)).factor === 2);
  curl([`${admin}/health`, ...bearer]);
} finally {
  await rm(dir, { recursive: true, force: true });
}
if (failures.length > 0) {
  console.error(`hot-reload: ${failures.length} steps failed: ${failures.join("; ")}`);
  process.exitCode = 1;
}
