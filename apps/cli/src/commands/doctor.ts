import { openCache } from "@plimsoll/cache";
import { openStore, parseStoreUrl } from "@plimsoll/storage";
import { type CommandModule, type Context, withExamples } from "../command.ts";
import { checkCache } from "../doctor/check-cache.ts";
import { checkClock, clockUrl } from "../doctor/check-clock.ts";
import { checkCommitted } from "../doctor/check-committed.ts";
import { checkEnvironment } from "../doctor/check-environment.ts";
import { checkLeftovers } from "../doctor/check-leftovers.ts";
import { checkMachine } from "../doctor/check-machine.ts";
import { checkManifest, checkSpace } from "../doctor/check-manifest.ts";
import { checkRights } from "../doctor/check-rights.ts";
import { checkStore } from "../doctor/check-store.ts";
import type { Finding } from "../doctor/finding.ts";
import { CliError } from "../error.ts";
import { exitCode } from "../exit-code.ts";
import { oneLine } from "../text/one-line.ts";

interface DoctorFlags {
  readonly write?: true;
  readonly manifest?: string;
  readonly deploy?: true;
  readonly origin?: string;
  readonly allowHttp?: true;
  readonly offline?: true;
}

const marks: Readonly<Record<Finding["state"], string>> = {
  ok: "ok     ",
  warning: "warning",
  broken: "BROKEN ",
  skipped: "skipped",
};

async function* storeFindings(
  context: Context,
  url: string,
  flags: DoctorFlags,
): AsyncGenerator<Finding> {
  const { io, settings, signal } = context;
  const location = parseStoreUrl(url);
  if ((flags.offline ?? settings.offline) && location.kind !== "file") {
    yield { check: "store", state: "skipped", detail: `${location.url}: offline` };
    return;
  }
  const driver = await openStore(url, {
    env: io.env,
    credentials: settings.headers(),
    allowHttp: flags.allowHttp ?? false,
    signal,
  });
  try {
    yield { check: "store", state: "ok", detail: driver.url };
    const asked = flags.write
      ? await checkRights(location, { fetch, env: io.env, signal })
      : undefined;
    const probes = flags.write === true && asked === undefined;
    const found = await checkStore(driver, { kind: location.kind, write: probes, signal });
    yield* asked === undefined ? found : [...found.slice(0, -1), asked];
    const leftovers = await checkLeftovers(driver, { now: io.now, signal });
    if (leftovers !== undefined) yield leftovers;
    const clock = clockUrl(location, io.env);
    if (clock !== undefined) yield await checkClock(clock, { fetch, now: io.now, signal });
  } finally {
    await driver.close();
  }
}

/** What `--manifest` and `--deploy` look at: the pre-deployment checklist, run instead of read. */
async function* manifestFindings(context: Context, flags: DoctorFlags): AsyncGenerator<Finding> {
  const { io, settings, signal } = context;
  const path = settings.path(flags.manifest ?? "weights/manifest.json");
  const { findings: found, manifest } = await checkManifest(path);
  yield* found;
  if (flags.deploy) {
    if (manifest) yield await checkCommitted(path);
    const serves = settings.config.serve !== undefined;
    yield* checkEnvironment(io.env, { headers: settings.headers, serves });
    if (manifest) yield await checkSpace(manifest, path);
  }
  if (!manifest) return;
  if (flags.offline ?? settings.offline) {
    yield { check: "url", state: "skipped", detail: "offline" };
    return;
  }
  const { checkUrls } = await import("../doctor/check-urls.ts");
  yield* await checkUrls(manifest, {
    path,
    headers: configuredHeaders(context),
    env: io.env,
    allowHttp: flags.allowHttp ?? false,
    origin: flags.origin,
    signal,
  });
}

/** Without those that cannot be filled in: that is a finding of its own. */
function configuredHeaders({ settings }: Context): ReturnType<Context["settings"]["headers"]> {
  try {
    return settings.headers();
  } catch {
    return {};
  }
}

async function* findings(
  context: Context,
  named: string | undefined,
  flags: DoctorFlags,
): AsyncGenerator<Finding> {
  const { io, settings } = context;
  yield* checkMachine({ nodeVersion: process.versions.node, env: io.env });
  yield* await checkCache(async () => (await openCache({ env: io.env })).status(), io.env);
  if (flags.manifest !== undefined || flags.deploy) {
    yield* manifestFindings(context, flags);
    if (named === undefined) return;
  }
  const url = (named === undefined ? settings.findStore() : settings.store(named, "doctor"))?.url;
  if (url === undefined)
    yield { check: "store", state: "skipped", detail: "none named: plimsoll doctor <store>" };
  else yield* storeFindings(context, url, flags);
}

function checkOrigin({ origin = "", manifest, deploy }: DoctorFlags): void {
  if (manifest === undefined && !deploy) {
    throw new CliError("E_USAGE", "--origin goes with --manifest or --deploy");
  }
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
    throw new CliError(
      "E_USAGE",
      `--origin "${origin}": an origin is https://host, without a path`,
    );
  }
}

export const doctor: CommandModule<DoctorFlags> = {
  define(command) {
    command
      .argument("[store]", "URL or configured name (default: the environment's, else the config's)")
      .option("--write", "also write and remove a small probe object")
      .option("--manifest <file>", "can every URL of this manifest be read, with the right size?")
      .option("--deploy", "the checklist before a deployment (manifest: weights/manifest.json)")
      .option("--origin <origin>", "with --manifest: may pages of https://… read them (CORS)?")
      .option("--allow-http", "accept http:// beyond this machine")
      .option("--offline", "look at this machine only");
    withExamples(command, [
      ["plimsoll doctor", "this machine and the configured store"],
      ["plimsoll doctor s3://my-bucket --write", "may I publish there?"],
      ["plimsoll doctor --deploy", "is this repository ready to be deployed?"],
      [
        "plimsoll doctor --manifest weights/manifest.json --origin https://app.my-site.net",
        "may a browser read the weights?",
      ],
    ]);
  },

  async run(context, [named], flags) {
    const { output, signal } = context;
    if (flags.origin !== undefined) checkOrigin(flags);
    let worst: Finding | undefined;
    let saidFix: string | undefined;
    for await (const finding of findings(context, named, flags)) {
      signal.throwIfAborted();
      const { check, state, detail, fix } = finding;
      output.event({ type: "finding", ...finding });
      output.line(`${marks[state]} ${check}: ${oneLine(detail)}`);
      if (fix !== undefined && fix !== saidFix) output.line(`        fix: ${fix}`);
      saidFix = fix;
      if (state === "broken") worst ??= finding;
    }
    output.event({ type: "result", command: "doctor", ok: worst === undefined });
    if (worst) {
      const code = worst.code ?? "E_BUG";
      const message = `doctor: ${worst.check}: ${oneLine(worst.detail.replace(`${code} `, ""))}${worst.fix ? `: ${worst.fix}` : ""}`;
      output.fail({ code, message, exit: exitCode(code) });
      return exitCode(code);
    }
    output.line("Nothing is broken.");
    return undefined;
  },
};
