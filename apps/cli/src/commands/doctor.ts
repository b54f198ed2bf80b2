import { openCache } from "@plimsoll/cache";
import { openStore, parseStoreUrl } from "@plimsoll/storage";
import { type CommandModule, type Context, withExamples } from "../command.ts";
import { checkCache } from "../doctor/check-cache.ts";
import { checkClock, clockUrl } from "../doctor/check-clock.ts";
import { checkMachine } from "../doctor/check-machine.ts";
import { checkStore } from "../doctor/check-store.ts";
import type { Finding } from "../doctor/finding.ts";
import { exitCode } from "../exit-code.ts";
import { oneLine } from "../text/one-line.ts";

interface DoctorFlags {
  readonly write?: true;
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
    yield* await checkStore(driver, { kind: location.kind, write: flags.write ?? false, signal });
    const clock = clockUrl(location);
    if (clock !== undefined) yield await checkClock(clock, { fetch, now: io.now, signal });
  } finally {
    await driver.close();
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
  const url = (named === undefined ? settings.findStore() : settings.store(named, "doctor"))?.url;
  if (url === undefined)
    yield { check: "store", state: "skipped", detail: "none named: plimsoll doctor <store>" };
  else yield* storeFindings(context, url, flags);
}

export const doctor: CommandModule<DoctorFlags> = {
  define(command) {
    command
      .argument("[store]", "URL or configured name (default: the environment's, else the config's)")
      .option("--write", "also write and remove a small probe object")
      .option("--allow-http", "accept http:// beyond this machine")
      .option("--offline", "look at this machine only");
    withExamples(command, [
      ["plimsoll doctor", "this machine and the configured store"],
      ["plimsoll doctor s3://my-bucket --write", "may I publish there?"],
    ]);
  },

  async run(context, [named], flags) {
    const { output, signal } = context;
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
