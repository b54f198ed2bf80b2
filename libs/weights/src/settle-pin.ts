import { join } from "node:path";
import type { ParsedManifest } from "@plimsoll/manifest";
import { WeightsError } from "./error.ts";
import type { ReceivedFile } from "./pin-received.ts";
import { readSmallFile } from "./read-small-file.ts";
import type { SyncOptions } from "./sync-request.ts";
import type { SyncSource } from "./sync-source.ts";
import { writeFileWhole } from "./write-file.ts";

/** What a sync does with the manifest beside the weights. */
export interface PinSettlement {
  /** Called when all required files are in place; gives the manifest that pins them now. */
  write(
    received: readonly ReceivedFile[],
    warn: (message: string) => void,
  ): Promise<ParsedManifest>;
}

/**
 * Decides before anything is fetched whether the manifest beside the weights would change: a received one goes to
 * `<dir>/manifest.json`, one without digests is rewritten with them where it lies. With `frozen` that is `E_PIN`.
 */
export async function settlePin(
  source: SyncSource,
  dir: string,
  options: Pick<SyncOptions, "frozen">,
): Promise<PinSettlement> {
  const { manifest, path = join(dir, "manifest.json") } = source;
  const isPinned = [...manifest.manifest.weights.values()].every(
    ({ checksum }) => checksum !== undefined,
  );
  const stays =
    isPinned &&
    (source.path !== undefined || (await readSmallFile(path))?.equals(manifest.bytes) === true);
  if (stays) return { write: async () => manifest };
  if (options.frozen) {
    const what = isPinned
      ? `not the manifest that ${manifest.manifest.release ?? "the source"} has now`
      : "without digests, so that this sync would pin what it receives";
    throw new WeightsError(
      "E_PIN",
      `${path}: ${what}: sync without --frozen and commit the result`,
    );
  }
  return {
    async write(received, warn) {
      const { pinReceived } = await import("./pin-received.ts");
      const pinned = isPinned ? manifest : pinReceived(manifest, received, new Date());
      if (pinned === undefined) {
        warn(`${path}: not pinned, since not every file was received`);
        return manifest;
      }
      await writeFileWhole(path, pinned.bytes);
      return pinned;
    },
  };
}
