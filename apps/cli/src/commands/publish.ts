import { readFile } from "node:fs/promises";
import { openCache } from "@plimsoll/cache";
import { type JsonObject, parseJson } from "@plimsoll/manifest";
import {
  type FinishOptions,
  finishRelease,
  issuer,
  publishWeights,
  type PublishOptions,
  type PublishResult,
} from "@plimsoll/weights";
import type { CommandModule, Context } from "../command.ts";
import { expiry } from "../channel-flags.ts";
import { readMinisignKeyFile, requiredSigningKeys } from "../config/signing-keys.ts";
import { trustedKeys } from "../config/trusted-keys.ts";
import type { NamedStore } from "../config/settings.ts";
import { parseStoreUrl } from "@plimsoll/storage";
import { CliError } from "../error.ts";
import { exitCode } from "../exit-code.ts";
import { finishRequest } from "../finish-request.ts";
import { definePublish, type PublishFlags } from "../publish-flags.ts";
import { publishLines, reportPublish } from "../publish-report.ts";
import { defaultBandwidth, parseBandwidth } from "../text/bandwidth.ts";
import { oneLine } from "../text/one-line.ts";

async function readMetadataFile(context: Context, named: string): Promise<JsonObject> {
  const path = context.settings.path(named);
  const bytes = await readFile(path);
  const value = parseJson(bytes, { maxBytes: 1024 * 1024, maxDepth: 16, source: path });
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as JsonObject;
  throw new CliError("E_USAGE", `${path}: --metadata takes a JSON object`);
}

/** Flag, then environment, then config; says where the environment overrules a config. */
function destinations(context: Context, flags: PublishFlags): readonly NamedStore[] {
  const { settings, output } = context;
  const stores =
    flags.to?.map((named) => settings.store(named, "--to")) ?? settings.publishStores();
  const [first] = stores;
  if (first === undefined) {
    throw new CliError(
      "E_USAGE",
      'publish where? Give --to <store> (s3://bucket, gs://bucket, github://owner/repo, ./folder), or name it in plimsoll.config.json: { "publish": { "to": ["…"] } }',
    );
  }
  const configured = settings.config.publish?.to;
  if (flags.to === undefined && configured !== undefined && /^[A-Z0-9_]+$/.test(first.source)) {
    output.log(
      "info",
      `publishing to ${first.url}, as ${first.source} says; the config's publish.to is ${configured.join(", ")}`,
    );
  }
  if (flags.offline ?? settings.offline) {
    const remote = stores.find(({ url }) => parseStoreUrl(url).kind !== "file");
    if (remote)
      throw new CliError(
        "E_USAGE",
        `${remote.url}: needs the network, which --offline or PLIMSOLL_OFFLINE forbids`,
      );
  }
  return stores;
}

function sources(context: Context, args: readonly string[]): readonly string[] {
  const { settings } = context;
  if (args.length > 0) return args.map((path) => settings.path(path));
  const configured = settings.config.publish?.from;
  if (configured !== undefined) return [settings.path(configured, "config")];
  throw new CliError(
    "E_USAGE",
    'publish what? Give the folder of weights (plimsoll publish weights), or name it in plimsoll.config.json: { "publish": { "from": "weights" } }',
  );
}

/** Where to, with which rights and keys: the same for a publish and for the end of a held one. */
async function target(context: Context, flags: PublishFlags): Promise<Target> {
  const { io, settings, output, signal } = context;
  const to = destinations(context, flags).map(({ url }) => url);
  const expires = expiry(context, flags.expires);
  const isSigned = flags.sign || flags.key !== undefined || flags.sshSignature;
  const signingKeys = isSigned ? await requiredSigningKeys(context, flags.key) : undefined;
  const { minisignKey } = flags;
  return {
    to,
    ...(signingKeys && { signingKeys }),
    ...(flags.sshSignature && { sshKey: signingKeys?.[0] }),
    ...(minisignKey !== undefined && {
      minisignKey: await readMinisignKeyFile(context, minisignKey),
    }),
    keys: await trustedKeys(context),
    issuedBy: issuer(io.env),
    ...(expires === undefined ? {} : { expires }),
    allowHttp: flags.allowHttp ?? false,
    headers: settings.headers(),
    signal,
    env: io.env,
    onEvent: reportPublish(output),
  };
}

type Target = Omit<FinishOptions, "manifestPath" | "release" | "channel">;

async function request(
  context: Context,
  args: readonly string[],
  flags: PublishFlags,
): Promise<PublishOptions> {
  const { io, settings } = context;
  const configured = settings.config.publish ?? {};
  if (flags.release === undefined) {
    throw new CliError(
      "E_USAGE",
      "publish as which version? Give --release, e.g. --release v1.0.0",
    );
  }
  const from = sources(context, args);
  const model = flags.model ?? configured.model;
  const channel = flags.hold ? undefined : (flags.channel ?? configured.channel);
  const include = flags.include ?? configured.include;
  const exclude = flags.exclude ?? configured.exclude;
  const { manifest } = flags;
  return {
    from,
    ...(await target(context, flags)),
    release: flags.release,
    ...(model === undefined ? {} : { model }),
    ...(channel === undefined ? {} : { channel }),
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(flags.optional === undefined ? {} : { optional: flags.optional }),
    ...(flags.description === undefined ? {} : { description: flags.description }),
    ...(flags.metadata === undefined
      ? {}
      : { metadata: await readMetadataFile(context, flags.metadata) }),
    ...(flags.publicUrl === undefined ? {} : { publicUrl: flags.publicUrl }),
    ...(manifest === false ? { manifestPath: false } : {}),
    ...(typeof manifest === "string" ? { manifestPath: settings.path(manifest) } : {}),
    allowPickle: flags.allowPickle ?? false,
    mirrorLatest: flags.mirrorLatest ?? false,
    compress: flags.compress ?? false,
    hold: flags.hold ?? false,
    chunks: flags.chunks ?? true,
    fullReadBack: flags.fullReadBack ?? false,
    dryRun: flags.dryRun ?? false,
    bitsPerSecond: parseBandwidth(flags.bandwidth ?? defaultBandwidth),
    // The cache remembers digests of files hashed before; without one every file is hashed.
    cache: await openCache({ env: io.env }).catch(() => false as const),
  };
}

/** Says which stores failed or would, or which limits they would hit; gives the exit code of the first. */
function complain(context: Context, result: PublishResult): number | undefined {
  let exit: number | undefined;
  for (const { url, error, plan } of result.stores) {
    const hits = plan?.hits ?? [];
    const hit = hits.find(({ kind }) => kind === "hard") ?? hits[0];
    const what = hit?.kind === "hard" ? "its limits forbid this" : "a limit would be hit";
    const failure =
      error ?? (hit && { code: "E_GATE", message: `${url}: ${what}: ${hit.message}` });
    if (!failure) continue;
    const { code, message } = failure;
    const line = oneLine(message.includes(url) ? message : `${url}: ${message}`);
    context.output.fail({ code, message: line, exit: exitCode(code) });
    exit ??= exitCode(code);
  }
  return exit;
}

/** Refuses flags that have no meaning together. */
function checkFlags(flags: PublishFlags): void {
  const refuse = (message: string): never => {
    throw new CliError("E_USAGE", message);
  };
  if (flags.bandwidth !== undefined && !flags.dryRun) refuse("--bandwidth belongs to --dry-run");
  if (flags.hold && flags.channel !== undefined) {
    refuse("--hold moves no channel: give --channel to --finish");
  }
  if (flags.hold && flags.mirrorLatest) refuse("--hold shows nothing: no --mirror-latest with it");
  if (flags.manifest === false && (flags.hold || flags.finish !== undefined)) {
    refuse("--no-manifest: what is held is finished with its manifest");
  }
  if (flags.finish === undefined) return;
  for (const flag of [
    "release",
    "hold",
    "dryRun",
    "mirrorLatest",
    "compress",
    "fullReadBack",
  ] as const) {
    if (flags[flag] === undefined) continue;
    const written = flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    refuse(`--finish <version> makes what was held visible and takes no --${written}`);
  }
}

export const publish: CommandModule<PublishFlags> = {
  define: definePublish,

  async run(context, args, flags) {
    const { output } = context;
    checkFlags(flags);
    const { finish } = flags;
    const run =
      finish === undefined
        ? publishWeights.bind(undefined, await request(context, args, flags))
        : finishRelease.bind(undefined, {
            ...(await target(context, flags)),
            ...(await finishRequest(context, args, { ...flags, finish })),
          });
    output.startBars();
    const result = await run();
    output.close();
    const { release, model, files, stores, manifest } = result;
    const manifestPath = result.manifestPath && context.settings.path(result.manifestPath);
    const lines = publishLines(result, {
      isDryRun: flags.dryRun ?? false,
      bitsPerSecond: parseBandwidth(flags.bandwidth ?? defaultBandwidth),
      manifestPath,
    });
    for (const line of lines) output.line(line);
    output.event({
      type: "result",
      command: "publish",
      model,
      release,
      manifestPath,
      manifest: manifest.digest,
      dryRun: flags.dryRun ?? false,
      files: files.map((file) => ({ ...file, url: manifest.manifest.weights.get(file.name)?.url })),
      stores,
      ...(result.update ? { update: result.update } : {}),
    });
    return complain(context, result);
  },
};
