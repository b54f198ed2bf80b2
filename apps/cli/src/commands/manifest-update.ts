import { existsSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { type ParsedManifest, sha256 } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { diffWeights, readRelease, type StoredRelease, writeFileWhole } from "@plimsoll/weights";
import { type CommandModule, type Context, withExamples } from "../command.ts";
import { attestationTrust } from "../config/attestation-trust.ts";
import { trustedKeys } from "../config/trusted-keys.ts";
import { CliError } from "../error.ts";
import { githubApi } from "../pull-request/github-api.ts";
import { openPullRequest } from "../pull-request/open-pull-request.ts";
import { readManifest } from "../read-manifest.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { oneLine } from "../text/one-line.ts";
import { trustLevel } from "../trust-level.ts";
import { type Update, updateText, updateTitle } from "../update/update-text.ts";
import { withStore } from "../with-store.ts";

interface UpdateFlags extends StoreFlags {
  readonly model?: string;
  readonly release?: string;
  readonly channel?: string;
  readonly markdown?: string;
  readonly pullRequest?: true;
  readonly base?: string;
}

export const manifestUpdate: CommandModule<UpdateFlags> = {
  define(command) {
    withStoreFlags(
      command.argument("[manifest]", "what the app pins (default: weights/manifest.json)"),
    )
      .option("--model <name>", "default: the manifest's")
      .option("--channel <name>", "what this names (default: latest, else the newest version)")
      .option("--release <version>", "this version instead")
      .option("--markdown <file>", "also write what changes, for people")
      .option("--pull-request", "propose it on GitHub: GITHUB_REPOSITORY, GITHUB_TOKEN")
      .option("--base <branch>", "with --pull-request: for which (default: the workflow's)");
    withExamples(command, [
      [
        "plimsoll manifest update --channel production",
        "pin what the channel names, fetch nothing",
      ],
      [
        "plimsoll manifest update --store s3://my-bucket --pull-request",
        "in a workflow: sizes, digests and metrics of the newest version, for review",
      ],
    ]);
  },

  async run(context, [named = "weights/manifest.json"], flags) {
    const { output, settings } = context;
    const path = settings.path(named);
    const before = existsSync(path) ? await readManifest(path) : undefined;
    const model = flags.model ?? before?.manifest.model;
    if (model === undefined) {
      throw new CliError("E_USAGE", `${path}: does not say which model it is of: give --model`);
    }
    const update = await withStore(context, flags, async (driver) =>
      found(context, driver, { model, before, path }, flags),
    );
    const { after } = update;
    const result = { type: "result", command: "manifest update", path, model } as const;
    if (isPinned(before, after.manifest)) {
      output.line(`${path}: ${model} ${after.version} is pinned already`);
      output.event({ ...result, version: after.version, changed: false });
      return undefined;
    }
    const text = updateText(update);
    if (flags.markdown !== undefined) {
      await writeFileWhole(settings.path(flags.markdown), Buffer.from(`${text.join("\n")}\n`));
    }
    const title = updateTitle(update);
    if (flags.pullRequest) {
      const pull = await propose(context, { path, title, text, after, base: flags.base });
      output.line(`${title}: ${pull.state} ${oneLine(pull.url, 300)}`);
      output.event({ ...result, version: after.version, changed: true, pullRequest: pull });
      return undefined;
    }
    await writeFileWhole(path, after.manifest.bytes);
    output.line(`${path}: ${title}`);
    output.event({ ...result, version: after.version, changed: true });
    return undefined;
  },
};

async function found(
  context: Context,
  driver: Driver,
  pinned: {
    readonly model: string;
    readonly before: ParsedManifest | undefined;
    readonly path: string;
  },
  flags: UpdateFlags,
): Promise<Update> {
  const { io, output, settings, signal } = context;
  const { model, before, path } = pinned;
  const onWarning = (message: string): void => output.warn(oneLine(message));
  const keys = await trustedKeys(context);
  const attestation = await attestationTrust(context);
  const after = await readRelease(driver, model, flags.release, {
    signal,
    keys,
    attestation,
    onWarning,
    ...(flags.channel === undefined ? {} : { channel: flags.channel }),
  });
  if (!after.pinned) {
    throw new CliError(
      "E_NOT_FOUND",
      `${model} ${after.version} at ${driver.url}: has no manifest to pin: plimsoll adopt makes one`,
    );
  }
  const trust = await trustLevel(driver, after, { keys, signal });
  const common = { after, trust, store: driver.url, before };
  if (before === undefined || isPinned(before, after.manifest)) return common;
  // The text does without it: what is pinned may be gone from every host.
  const share = await diffWeights({
    before: { from: path },
    after: { from: driver.url, model, release: after.version },
    headers: settings.headers(),
    allowHttp: flags.allowHttp ?? false,
    offline: flags.offline ?? settings.offline,
    keys,
    signal,
    env: io.env,
    onWarning,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    output.log("info", oneLine(`what it costs to fetch cannot be told: ${String(error)}`));
    return undefined;
  });
  return { ...common, share };
}

/** The same version of the same bytes, wherever the URLs point. */
function isPinned(before: ParsedManifest | undefined, after: ParsedManifest): boolean {
  if (before === undefined) return false;
  if (before.digest === after.digest) return true;
  const [old, next] = [before.manifest, after.manifest];
  return (
    old.release === next.release &&
    old.weights.size === next.weights.size &&
    [...next.weights].every(
      ([name, { checksum }]) =>
        checksum !== undefined && old.weights.get(name)?.checksum === checksum,
    )
  );
}

/** The variables are those of GitHub Actions. */
async function propose(
  { io, signal }: Context,
  change: {
    readonly path: string;
    readonly title: string;
    readonly text: readonly string[];
    readonly after: StoredRelease;
    readonly base: string | undefined;
  },
) {
  const {
    GITHUB_REPOSITORY: repository = "",
    GITHUB_TOKEN: token = "",
    GITHUB_API_URL: api = "https://api.github.com",
    GITHUB_WORKSPACE: workspace = io.cwd,
    GITHUB_REF: ref = "",
  } = io.env;
  if (token === "") throw new CliError("E_USAGE", "GITHUB_TOKEN: --pull-request needs one");
  const base = change.base ?? /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (base === undefined) {
    throw new CliError("E_USAGE", "--base: for which branch is the pull request?");
  }
  const place = relative(workspace, resolve(change.path)).split(sep).join("/");
  if (place === "" || place.startsWith("../")) {
    throw new CliError("E_USAGE", `${change.path}: lies outside of the repository ${workspace}`);
  }
  const { bytes, digest } = change.after.manifest;
  const call = githubApi({ api, repository, token, signal });
  // One branch for each pinned manifest: a newer version replaces the proposal before it.
  const branch = `plimsoll/${change.after.model}-${sha256(Buffer.from(place)).slice(0, 8)}`;
  return await openPullRequest(call, {
    owner: repository.split("/")[0] ?? "",
    path: place,
    text: Buffer.from(bytes).toString("utf8"),
    branch,
    base,
    title: change.title,
    mark: `Manifest-SHA-256: ${digest}`,
    body: change.text.join("\n"),
  });
}
