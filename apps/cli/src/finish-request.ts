import { join } from "node:path";
import type { FinishOptions } from "@plimsoll/weights";
import type { Context } from "./command.ts";
import { CliError } from "./error.ts";
import { isFolder } from "./is-folder.ts";
import { readManifest } from "./read-manifest.ts";

/** What `publish --finish` was told. */
export interface FinishFlags {
  readonly finish: string;
  readonly model?: string;
  readonly channel?: string;
  readonly manifest?: string | boolean;
}

/**
 * Finds the manifest that `publish --hold` wrote: `--manifest`, else the path or its folder, else the config's folder,
 * else `weights/`; and holds it against the version and the model that are asked for.
 *
 * @throws CliError `E_NOT_FOUND` where it is not there or of another version or model; what `parseManifest` throws.
 */
export async function finishRequest(
  context: Context,
  args: readonly string[],
  flags: FinishFlags,
): Promise<Pick<FinishOptions, "manifestPath" | "release" | "channel">> {
  const { settings } = context;
  const path = await heldPath(context, args, flags);
  const held = await readManifest(path).catch((error: unknown) => {
    if ((error as CliError).code !== "E_NOT_FOUND") throw error;
    throw new CliError("E_NOT_FOUND", `${path}: no held version here: ${way}`);
  });
  const { release, model } = held.manifest;
  if (release !== flags.finish || (flags.model !== undefined && model !== flags.model)) {
    const wanted = flags.model === undefined ? flags.finish : `${flags.model} ${flags.finish}`;
    const found = [model, release].filter((part) => part !== undefined).join(" ");
    throw new CliError(
      "E_NOT_FOUND",
      `${path}: is of ${found || "no version"}, not of ${wanted}: ${way}`,
    );
  }
  const channel = flags.channel ?? settings.config.publish?.channel;
  return {
    manifestPath: path,
    release: flags.finish,
    ...(channel === undefined ? {} : { channel }),
  };
}

const way = "give the manifest that publish --hold wrote, with --manifest <file>";

async function heldPath(
  { settings }: Context,
  args: readonly string[],
  { manifest }: FinishFlags,
): Promise<string> {
  if (typeof manifest === "string") return settings.path(manifest);
  const [named, ...more] = args;
  if (more.length > 0) {
    throw new CliError("E_USAGE", "--finish takes one folder, or --manifest <file>, and no files");
  }
  const from = settings.config.publish?.from;
  const path =
    named === undefined
      ? from === undefined
        ? settings.path("weights")
        : settings.path(from, "config")
      : settings.path(named);
  return named === undefined || (await isFolder(path)) ? join(path, "manifest.json") : path;
}
