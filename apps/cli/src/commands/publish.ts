import { readFile } from "node:fs/promises";
import { openCache } from "@plimsoll/cache";
import { type JsonObject, parseJson } from "@plimsoll/manifest";
import { issuer, publishWeights, type PublishOptions, type PublishResult } from "@plimsoll/weights";
import { collect, type CommandModule, type Context, withExamples } from "../command.ts";
import { expiry } from "../channel-flags.ts";
import { requiredSigningKeys } from "../config/signing-keys.ts";
import { trustedKeys } from "../config/trusted-keys.ts";
import type { NamedStore } from "../config/settings.ts";
import { parseStoreUrl } from "@plimsoll/storage";
import { CliError } from "../error.ts";
import { exitCode } from "../exit-code.ts";
import { publishLines, reportPublish } from "../publish-report.ts";
import { oneLine } from "../text/one-line.ts";

interface PublishFlags {
  readonly to?: readonly string[];
  readonly release?: string;
  readonly model?: string;
  readonly channel?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly optional?: readonly string[];
  readonly description?: string;
  readonly metadata?: string;
  readonly publicUrl?: string;
  /** A path, or false for `--no-manifest`. */
  readonly manifest?: string | boolean;
  readonly mirrorLatest?: true;
  readonly sign?: true;
  readonly key?: readonly string[];
  readonly expires?: string;
  readonly dryRun?: true;
  readonly allowHttp?: true;
  readonly offline?: true;
}

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

async function request(
  context: Context,
  args: readonly string[],
  flags: PublishFlags,
): Promise<PublishOptions> {
  const { io, settings, output, signal } = context;
  const configured = settings.config.publish ?? {};
  if (flags.release === undefined) {
    throw new CliError(
      "E_USAGE",
      "publish as which version? Give --release, e.g. --release v1.0.0",
    );
  }
  const from = sources(context, args);
  const to = destinations(context, flags).map(({ url }) => url);
  const model = flags.model ?? configured.model;
  const channel = flags.channel ?? configured.channel;
  const include = flags.include ?? configured.include;
  const exclude = flags.exclude ?? configured.exclude;
  const { manifest } = flags;
  const expires = expiry(context, flags.expires);
  return {
    from,
    to,
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
    mirrorLatest: flags.mirrorLatest ?? false,
    ...(flags.sign || flags.key
      ? { signingKeys: await requiredSigningKeys(context, flags.key) }
      : {}),
    keys: await trustedKeys(context),
    issuedBy: issuer(io.env),
    ...(expires === undefined ? {} : { expires }),
    dryRun: flags.dryRun ?? false,
    allowHttp: flags.allowHttp ?? false,
    // The cache remembers digests of files hashed before; without one every file is hashed.
    cache: await openCache({ env: io.env }).catch(() => false as const),
    signal,
    env: io.env,
    onEvent: reportPublish(output),
  };
}

/** Says which stores failed or would; gives the exit code of the first. */
function complain(context: Context, result: PublishResult): number | undefined {
  let exit: number | undefined;
  for (const { url, error, plan } of result.stores) {
    const hit = plan?.hits.find(({ kind }) => kind === "hard");
    const failure =
      error ??
      (hit && { code: "E_GATE", message: `${url}: its limits forbid this: ${hit.message}` });
    if (!failure) continue;
    const { code, message } = failure;
    const line = oneLine(message.includes(url) ? message : `${url}: ${message}`);
    context.output.fail({ code, message: line, exit: exitCode(code) });
    exit ??= exitCode(code);
  }
  return exit;
}

export const publish: CommandModule<PublishFlags> = {
  define(command) {
    command
      .argument("[paths...]", "a folder of weights, or files (default: the config's publish.from)")
      .option("--to <store>", "URL or configured name; give it several times for mirrors", collect)
      .option("--release <version>", "v and semver: v1.0.0, v1.1.0-beta")
      .option(
        "--model <name>",
        "the model (default: from the metadata, else the file's or folder's name)",
      )
      .option("--channel <name>", "point this channel to the version once it is visible")
      .option("--include <glob>", "take these instead of the known extensions; repeatable", collect)
      .option("--exclude <glob>", "leave these out; repeatable", collect)
      .option(
        "--optional <glob>",
        "a failed download of these is only a warning; repeatable",
        collect,
      )
      .option("--description <text>", "a sentence for the manifest")
      .option(
        "--metadata <file>",
        "JSON about the model (default: metadata.json or model_metadata.json in the folder)",
      )
      .option(
        "--public-url <url>",
        "base of the manifest's URLs instead of the first store's, e.g. a CDN",
      )
      .option(
        "--manifest <file>",
        "where to write the manifest you commit (default: manifest.json in the folder)",
      )
      .option("--no-manifest", "write none")
      .option(
        "--mirror-latest",
        "also copy the files to models/<model>/latest/ there, for older readers; not atomic",
      )
      .option("--sign", "sign version and channel with PLIMSOLL_SIGNING_KEY")
      .option("--key <file>", "private key (PEM) to sign with; implies --sign", collect)
      .option("--expires <duration>", "readers call the channel stale after this, e.g. 30d")
      .option("--dry-run", "show what would be done, and each host's limits; write nothing")
      .option("--allow-http", "accept http:// beyond this machine")
      .option("--offline", "use no network: only folders can be stores");
    withExamples(command, [
      [
        "plimsoll publish weights --to s3://my-bucket --release v1.0.0",
        "upload, read back, write weights/manifest.json",
      ],
      [
        "plimsoll publish weights --to github://me/app --to s3://my-bucket --release v1.0.0",
        "the same bytes to both: url and mirrors",
      ],
      [
        "plimsoll publish --release v1.1.0 --channel staging",
        "with folder and stores from plimsoll.config.json",
      ],
      ["plimsoll publish weights --to './store' --release v1.0.0 --dry-run", "look first"],
    ]);
  },

  async run(context, args, flags) {
    const { output } = context;
    const options = await request(context, args, flags);
    output.startBars();
    const result = await publishWeights(options);
    output.close();
    const { release, model, files, stores, manifest } = result;
    const manifestPath = result.manifestPath && context.settings.path(result.manifestPath);
    for (const line of publishLines(result, { isDryRun: flags.dryRun ?? false, manifestPath })) {
      output.line(line);
    }
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
    });
    return complain(context, result);
  },
};
