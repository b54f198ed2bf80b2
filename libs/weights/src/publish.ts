import { isModelName, parseRelease, printable } from "@plimsoll/manifest";
import { WeightsError } from "./error.ts";
import type { PublishOptions, PublishResult } from "./publish-request.ts";

/**
 * Publishes weight files as one version of a model: every file to every store, read back, then the manifest, then the
 * channel. Until its manifest is there a version does not exist for readers, so that a publish which ends anywhere
 * leaves them what they had, and the same command again finishes it. The manifest beside the weights then pins exactly
 * what was published.
 *
 * A version that exists with the same files is a success, "already-published". One store that fails is reported in the
 * result and does not stop the others; `publishWeights` throws when all failed, and for what is wrong before anything
 * was written:
 * `E_USAGE`, `E_NOT_FOUND` (no files), `E_PATH` (a name), `E_SCAN` (what a file holds), `E_LFS_POINTER`, `E_EXISTS` (other bytes under this version),
 * `E_LIMIT` (more than a host takes), `E_CONFLICT` (a file changed meanwhile), and what the stores throw.
 */
export async function publishWeights(options: PublishOptions): Promise<PublishResult> {
  checkRequest(options);
  // What a publish needs is loaded when there is one: the room also loads where an app only looks at its weights.
  const { runPublish } = await import("./publish-run.ts");
  return await runPublish(options);
}

function checkRequest({ release, model, channel, to, from, ...more }: PublishOptions): void {
  const refuse = (message: string): never => {
    throw new WeightsError("E_USAGE", message);
  };
  if (from.length === 0) refuse("publish: name the weight files or their folder");
  if (to.length === 0) refuse("publish: name a store, for example --to s3://bucket");
  if (more.compress && more.mirrorLatest) {
    refuse("publish: the older readers of --mirror-latest cannot decode: leave --compress out");
  }
  if (parseRelease(release) === undefined) {
    refuse(`"${printable(release)}" is no version: v and three numbers, for example v1.0.0`);
  }
  if (model !== undefined && !isModelName(model)) {
    refuse(`"${printable(model)}" is no model name: [a-z0-9][a-z0-9._-]{0,99}`);
  }
  if (channel !== undefined && (!isModelName(channel) || parseRelease(channel) !== undefined)) {
    refuse(`"${printable(channel)}" is no channel name: [a-z0-9][a-z0-9._-]{0,99}, and no version`);
  }
}
