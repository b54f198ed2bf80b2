import { readRelease, readYanked } from "@plimsoll/weights";
import { type CommandModule, withExamples } from "../command.ts";
import { trustedKeys } from "../config/trusted-keys.ts";
import { modelCard } from "../model-card.ts";
import { parseModelVersion } from "../model-version.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { oneLine } from "../text/one-line.ts";
import { trustLevel } from "../trust-level.ts";
import { withStore } from "../with-store.ts";

interface InfoFlags extends StoreFlags {
  readonly channel?: string;
}

export const info: CommandModule<InfoFlags> = {
  define(command) {
    withStoreFlags(command.argument("<model[@version]>")).option(
      "--channel <name>",
      "what this channel names (default: latest, else the newest version)",
    );
    withExamples(command, [
      ["plimsoll info yolov8m", "what latest names"],
      ["plimsoll info yolov8m@v1.2.0 --json", "one version, for a program"],
    ]);
  },

  async run(context, [named = ""], flags) {
    const { output, signal } = context;
    const { model, version } = parseModelVersion(named);
    const keys = await trustedKeys(context);
    return await withStore(context, flags, async (driver) => {
      const release = await readRelease(driver, model, version, {
        signal,
        keys,
        allowYanked: true,
        onWarning: (message) => output.warn(oneLine(message)),
        ...(flags.channel === undefined ? {} : { channel: flags.channel }),
      });
      for (const warning of release.manifest.warnings) output.warn(oneLine(warning));
      const yanked = await readYanked(driver, model, release.version, { signal });
      if (yanked) output.warn(oneLine(`withdrawn ${yanked.yanked_at}: ${yanked.reason}`));
      const trust = await trustLevel(driver, release, { keys, signal });
      for (const line of modelCard(release, driver.url, trust)) output.line(line);
      output.line();
      output.line(
        `Use it: plimsoll sync --store '${driver.url}' --model ${model} --release ${release.version}`,
      );
      output.event({
        type: "result",
        command: "info",
        store: driver.url,
        model,
        version: release.version,
        pinned: release.pinned,
        trust,
        ...(yanked ? { yanked } : {}),
        digest: release.manifest.digest,
        manifest: release.manifest.document,
        ...(release.pointer ? { channel: release.pointer.channel } : {}),
      });
      return undefined;
    });
  },
};
