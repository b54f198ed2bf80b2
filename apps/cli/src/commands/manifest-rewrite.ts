import { isModelName, parseRelease, rewriteUrls, type ParsedManifest } from "@plimsoll/manifest";
import { type Driver, openStore } from "@plimsoll/storage";
import { storedName, storeKeys, writeFileWhole } from "@plimsoll/weights";
import { collect, type CommandModule, type Context, withExamples } from "../command.ts";
import { CliError } from "../error.ts";
import { readManifest } from "../read-manifest.ts";
import { count } from "../text/quantity.ts";

interface RewriteFlags {
  readonly to?: string;
  readonly mirror?: readonly string[];
  readonly release?: string;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly out?: string;
  readonly allowHttp?: true;
}

type Locate = (name: string) => string;

function required(value: string | undefined, flag: string, path: string): string {
  if (value !== undefined) return value;
  throw new CliError("E_USAGE", `${path}: does not say its ${flag}: give --${flag}`);
}

/** Folder of the version in a store, as `publish` fills it. */
function versionPrefix(path: string, { manifest }: ParsedManifest, flags: RewriteFlags): string {
  const model = required(flags.model ?? manifest.model, "model", path);
  const release = required(flags.release ?? manifest.release, "release", path);
  if (!isModelName(model)) throw new CliError("E_USAGE", `--model: "${model}" is no model's name`);
  if (!parseRelease(release))
    throw new CliError("E_USAGE", `--release: "${release}" is not v and semver, as v1.0.0`);
  return storeKeys.version(model, release);
}

async function storeLocator(
  context: Context,
  named: string,
  flag: string,
  place: {
    readonly prefix: string;
    readonly names: readonly string[];
    readonly allowHttp: boolean;
  },
): Promise<Locate> {
  const { io, settings, signal } = context;
  const { url } = settings.store(named, flag);
  const { prefix, names, allowHttp } = place;
  const driver: Driver = await openStore(url, {
    env: io.env,
    credentials: settings.headers(),
    allowHttp,
    signal,
  });
  try {
    const located = await driver.release?.locate(prefix, names, { signal });
    const urls = new Map(
      names.map((name) => [name, located?.get(name) ?? driver.locate(prefix + name)]),
    );
    return (name) => urls.get(name) ?? driver.locate(prefix + name);
  } finally {
    await driver.close();
  }
}

/** `<base>/<name>`; the options of a store's URL stay at its end. */
function baseLocator(base: string): Locate {
  const at = base.includes("?") ? base.indexOf("?") : base.length;
  const folder = base.slice(0, at).replace(/\/+$/, "");
  return (name) =>
    `${folder}/${name.split("/").map(encodeURIComponent).join("/")}${base.slice(at)}`;
}

interface Locators {
  readonly url: Locate | undefined;
  readonly mirrors: readonly Locate[] | undefined;
}

async function locators(
  context: Context,
  path: string,
  parsed: ParsedManifest,
  flags: RewriteFlags,
): Promise<Locators> {
  const { to, baseUrl, mirror } = flags;
  if (
    (to === undefined) === (baseUrl === undefined) &&
    (to !== undefined || mirror === undefined)
  ) {
    throw new CliError(
      "E_USAGE",
      "rewrite to where? Give either --to <store> or --base-url <url>, or --mirror alone",
    );
  }
  const names = [...parsed.manifest.weights].map(([name, { encoding }]) =>
    storedName(name, encoding),
  );
  const store = (named: string, flag: string): Promise<Locate> =>
    storeLocator(context, named, flag, {
      prefix: versionPrefix(path, parsed, flags),
      names,
      allowHttp: flags.allowHttp ?? false,
    });
  const url = baseUrl !== undefined ? baseLocator(baseUrl) : to && (await store(to, "--to"));
  const mirrors = mirror && (await Promise.all(mirror.map((named) => store(named, "--mirror"))));
  return { url: url || undefined, mirrors };
}

export const manifestRewrite: CommandModule<RewriteFlags> = {
  define(command) {
    command
      .argument("[manifest]", "file (default: weights/manifest.json)")
      .option("--to <store>", "URL or configured name: where the files are")
      .option("--base-url <url>", "instead of a store: the files lie at <url>/<name>")
      .option("--mirror <store>", "a further store that has them; repeatable", collect)
      .option("--release <version>", "default: the manifest's")
      .option("--model <name>", "default: the manifest's")
      .option("--out <file>", "write here instead of into the manifest itself")
      .option("--allow-http", "accept http:// beyond this machine");
    withExamples(command, [
      [
        "plimsoll manifest rewrite --to s3://my-bucket --release v1.0.0",
        "URLs for this store and version; nothing else changes",
      ],
      [
        "plimsoll manifest rewrite weights/manifest.json --base-url https://github.com/me/app/releases/download/v1.0.0",
        "instead of replacing YOUR_USERNAME by hand",
      ],
    ]);
  },

  async run(context, [named = "weights/manifest.json"], flags) {
    const { settings, output } = context;
    const path = settings.path(named);
    const parsed = await readManifest(path);
    const split = [...parsed.manifest.weights].find(([, { parts }]) => parts !== undefined);
    if (split) {
      throw new CliError(
        "E_USAGE",
        `${path}: ${split[0]} lies in parts, whose URLs only plimsoll publish can set`,
      );
    }
    const { url, mirrors } = await locators(context, path, parsed, flags);
    let changed = 0;
    const bytes = rewriteUrls(
      parsed,
      (name, entry) => {
        const stored = storedName(name, entry.encoding);
        const next = url?.(stored);
        if (next !== undefined && next !== entry.url) changed += 1;
        return {
          ...(next === undefined ? {} : { url: next }),
          ...(mirrors && { mirrors: mirrors.map((locate) => locate(stored)) }),
          ...(next !== undefined && entry.chunks && { chunks: { url: `${next}.chunks` } }),
        };
      },
      { source: path, ...(flags.release === undefined ? {} : { release: flags.release }) },
    );
    const out = flags.out === undefined ? path : settings.path(flags.out);
    const isSame = Buffer.compare(bytes, parsed.bytes) === 0;
    if (!isSame || out !== path) await writeFileWhole(out, bytes);
    const files = count(parsed.manifest.weights.size, "file");
    output.line(
      isSame ? `${out}: nothing to change` : `${out}: ${changed} of ${files} with another URL`,
    );
    output.event({
      type: "result",
      command: "manifest rewrite",
      path: out,
      changed: !isSame,
      urls: changed,
    });
    return undefined;
  },
};
