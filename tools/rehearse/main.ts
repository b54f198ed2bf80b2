/**
 * `npm run rehearse [-- --break <what>] [--tag <name>]`: runs the very lines of .github/workflows/release-weights.yml, in
 * order and with their environment, against a folder as store, the contract server of GitHub, and a real server process.
 * Exit code 0 when it ends as it must: deployed, or with `--break` as `endings.ts` says.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { fakeGithub, fakeSigstore, type GithubFault, type GithubRequest } from "@plimsoll/testing";
import { publishWeights } from "@plimsoll/weights";
import { serverClient } from "../smoke/server-client.ts";
import { startServer } from "../smoke/start-server.ts";
import { rehearsalModel } from "./model.ts";
import { type Break, type Ending, endings, evilTag, untroubled } from "./endings.ts";
import { openGate } from "./production.ts";
import { makeRepository } from "./repository.ts";
import { runJob, StepFailure } from "./run-job.ts";
import { type Job, readWorkflow } from "./workflow.ts";

const workspace = fileURLToPath(new URL("../..", import.meta.url));
const modelName = "rehearsal";

const { values } = parseArgs({
  options: { break: { type: "string" }, tag: { type: "string", default: "weights-v1.1.0" } },
});
const isBreak = (text: string): text is Break => Object.hasOwn(endings, text);
if (values.break !== undefined && !isBreak(values.break)) {
  throw new Error(`--break ${values.break}: one of ${Object.keys(endings).join(", ")}`);
}
const log = (line: string): void => console.log(line);
const dir = await mkdtemp(join(tmpdir(), "plimsoll-rehearse-"));
const stops: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
try {
  process.exitCode = await rehearse(values.break === "tag" ? evilTag : values.tag, values.break);
} finally {
  for (const stop of stops.reverse()) await stop();
}

async function folder(name: string, factor: number, golden?: number): Promise<string> {
  const { bytes, metadata } = rehearsalModel(factor, golden);
  const at = join(dir, name);
  await mkdir(at, { recursive: true });
  await writeFile(join(at, "rehearsal.onnx"), bytes);
  await writeFile(join(at, "metadata.json"), JSON.stringify(metadata));
  return at;
}

async function rehearse(tag: string, broken: Break | undefined): Promise<number> {
  const env = { PLIMSOLL_CACHE_DIR: join(dir, "cache") };
  const production = join(dir, "production");
  const store = pathToFileURL(production).href;
  const cache = false;
  const before = await publishWeights({
    from: [await folder("first", 2)],
    to: [store],
    model: modelName,
    release: "v1.0.0",
    channel: "production",
    cache,
  });
  log("production serves v1.0.0");
  const server = await startServer({ store, model: modelName, channel: "production", env });
  stops.push(() => server.stop());
  const version = tag.replace("weights-", "");
  const gate = await openGate(server.url, version, broken);
  stops.push(() => gate.close());
  const client = serverClient(gate.url, { adminToken: server.adminToken });
  const { golden } = await import("../smoke/smoke-test.ts").then(({ expectedOf }) =>
    expectedOf(before.manifest.manifest),
  );
  const input = golden?.cases[0]?.input;
  if (input === undefined) throw new Error("the rehearsal's model has no golden input");
  await client.predict(modelName, input);

  // What a training left: its own store, and the manifest that the tagged commit pins.
  const trained = await folder("second", 3, broken === "smoke" ? 4 : 3);
  const training = pathToFileURL(join(dir, "training")).href;
  const pinned = await publishWeights({
    from: [trained],
    to: [training],
    model: modelName,
    release: "v0.7.0",
    cache,
  });
  const github = await fakeGithub();
  stops.push(() => github.close());
  const config = {
    publish: { from: "weights", to: [github.store, store], model: modelName },
  };
  const { metadata } = rehearsalModel(3, broken === "smoke" ? 4 : 3);
  const origin = await makeRepository({
    workspace,
    dir: join(dir, "origin"),
    tag,
    files: {
      "plimsoll.config.json": JSON.stringify(config),
      "weights/manifest.json": pinned.manifest.bytes,
      "weights/metadata.json": JSON.stringify(metadata),
    },
  });
  const shims = await npmShim();
  const sigstore = fakeSigstore();
  const workflow = await readWorkflow(join(origin.path, ".github/workflows/release-weights.yml"));
  const needs: Record<string, Readonly<Record<string, string>>> = {};
  const context = {
    github: { ref_name: tag, sha: origin.commit },
    vars: { MODEL_STORE: store, REPLICAS: gate.url },
    secrets: { GITHUB_TOKEN: github.token, ADMIN_TOKEN: server.adminToken },
  };
  const home = { HOME: dir, CI: "true", NX_DAEMON: "false", NX_NO_CLOUD: "true" };
  const run = async (name: string, job: Job, attempt: string): Promise<void> => {
    needs[name] = await runJob(
      job,
      join(dir, "jobs", `${name}${attempt}`, "checkout"),
      { ...context, needs },
      {
        artifacts: join(dir, "artifacts"),
        origin: origin.path,
        tag,
        modules: join(workspace, "node_modules"),
        shims,
        env: { ...env, ...home },
        attest: (checksums) => Promise.resolve(attest(sigstore, checksums, tag)),
        log,
      },
    );
  };
  const chain = async (attempt: string): Promise<string | undefined> => {
    for (const [name, job] of Object.entries(workflow.jobs)) {
      const isGated = job.environment === "production";
      const isRefused = broken === "approval" && isGated;
      log(`\n${name}${isGated ? ` (${isRefused ? "refused" : "approved"})` : ""}`);
      if (isRefused) return name;
      const isCut = broken === "finish" && name === "publish";
      if (isCut) github.script(refusesToPublish);
      try {
        await run(name, job, attempt);
        if (isCut) throw new Error("the publication was refused, and the job passed");
      } catch (error) {
        if (!(error instanceof StepFailure)) throw error;
        log(`\n${name} failed: ${error.message}`);
        if (!isCut) return name;
        log(`${name}, run again`);
        github.script();
        await run(name, job, `${attempt}-again`);
      }
    }
    return undefined;
  };
  let failed = await chain("");
  if (broken === "again" && failed === undefined) {
    log("\nthe same tag once more");
    failed = await chain("-again");
  }
  const answer = await client.predict(modelName, input);
  log(`\nproduction answers with ${answer.version}, ${answer.digest}`);
  const wasHit = (await readdir(dir, { recursive: true })).some(
    (path) => basename(path) === "pwned",
  );
  const isVisible = [...github.repository.releases.values()].some(({ draft }) => !draft);
  const isListed = existsSync(join(production, "models", modelName, version, "manifest.json"));
  // On one host alone is neither.
  const isPublic = isVisible === isListed ? isVisible : undefined;
  const seen = { failed, isPublic, serves: isNew(answer.digest) };
  return judge(broken, seen, wasHit);
}

function isNew(digest: string): "old" | "new" {
  const { bytes } = rehearsalModel(3);
  return digest === createHash("sha256").update(bytes).digest("hex") ? "new" : "old";
}

/** Whether it ended as it must. */
function judge(
  broken: Break | undefined,
  seen: Pick<Ending, "failed" | "serves"> & { readonly isPublic: boolean | undefined },
  wasHit: boolean,
): number {
  const { says, ...wanted } = broken === undefined ? untroubled : endings[broken];
  const isRight =
    !wasHit &&
    seen.failed === wanted.failed &&
    seen.isPublic === wanted.isPublic &&
    seen.serves === wanted.serves;
  if (!isRight) {
    log(
      `the rehearsal FAILED: ${JSON.stringify({ ...seen, wasHit })}, not ${JSON.stringify(wanted)}`,
    );
    return 1;
  }
  const what = broken === undefined ? "" : `${broken}: `;
  const serving = wanted.serves === "old" ? ", v1.0.0 serves" : "";
  log(`rehearsed: ${what}${says}${serving}`);
  return 0;
}

/** A host that lets everything be uploaded, and then no release be made visible. */
function refusesToPublish({ method, path }: GithubRequest): GithubFault | undefined {
  return method === "PATCH" && /\/releases\/\d+$/.test(path)
    ? { status: 403, message: "Resource not accessible by integration" }
    : undefined;
}

/** `npm ci` takes a minute a job and changes nothing here: the workspace's modules stand in. */
async function npmShim(): Promise<string> {
  const at = join(dir, "shims");
  await mkdir(at);
  const text = '#!/bin/sh\necho "npm $*: the modules of the workspace stand in"\n';
  await writeFile(join(at, "npm"), text);
  await chmod(join(at, "npm"), 0o755);
  return at;
}

function attest(
  sigstore: ReturnType<typeof fakeSigstore>,
  checksums: string,
  tag: string,
): Uint8Array {
  const home = "https://github.com/owner/repo";
  const subject = checksums
    .trim()
    .split("\n")
    .map((line) => ({ name: line.slice(66), digest: { sha256: line.slice(0, 64) } }));
  return sigstore.attest({
    claims: {
      8: "https://token.actions.githubusercontent.com",
      9: `${home}/.github/workflows/release-weights.yml@refs/tags/${tag}`,
      11: "github-hosted",
      12: home,
      13: "0".repeat(40),
      14: `refs/tags/${tag}`,
      15: "1",
      21: `${home}/actions/runs/1/attempts/1`,
    },
    statement: {
      _type: "https://in-toto.io/Statement/v1",
      subject,
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {},
    },
  });
}
