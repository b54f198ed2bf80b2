import { readRelease, readYanked, storedFacts, writeFileWhole } from "@plimsoll/weights";
import { type CommandModule, withExamples } from "../command.ts";
import { attestationTrust } from "../config/attestation-trust.ts";
import { trustedKeys } from "../config/trusted-keys.ts";
import { markdownCard } from "../markdown-card.ts";
import { modelCard } from "../model-card.ts";
import { parseModelVersion } from "../model-version.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { oneLine } from "../text/one-line.ts";
import { trustLevel } from "../trust-level.ts";
import { withStore } from "../with-store.ts";

interface InfoFlags extends StoreFlags {
  readonly channel?: string;
  /** A path; true: to standard output. */
  readonly markdown?: string | true;
}

export const info: CommandModule<InfoFlags> = {
  define(command) {
    withStoreFlags(command.argument("<model[@version]>"))
      .option(
        "--channel <name>",
        "what this channel names (default: latest, else the newest version)",
      )
      .option("--markdown [file]", "a model card in Markdown, into this file or printed");
    withExamples(command, [
      ["plimsoll info yolov8m", "what latest names"],
      ["plimsoll info yolov8m@v1.2.0 --json", "one version, for a program"],
      ["plimsoll info yolov8m --markdown MODEL_CARD.md", "a card for the repository"],
    ]);
  },

  async run(context, [named = ""], flags) {
    const { output, signal } = context;
    const { model, version } = parseModelVersion(named);
    const keys = await trustedKeys(context);
    const attestation = await attestationTrust(context);
    return await withStore(context, flags, async (driver) => {
      const release = await readRelease(driver, model, version, {
        signal,
        keys,
        attestation,
        allowYanked: true,
        onWarning: (message) => output.warn(oneLine(message)),
        ...(flags.channel === undefined ? {} : { channel: flags.channel }),
      });
      for (const warning of release.manifest.warnings) output.warn(oneLine(warning));
      const yanked = await readYanked(driver, model, release.version, { signal });
      if (yanked) output.warn(oneLine(`withdrawn ${yanked.yanked_at}: ${yanked.reason}`));
      const trust = await trustLevel(driver, release, { keys, signal });
      const facts = await storedFacts(driver, release, {
        signal,
        onProblem: (name, error) =>
          output.log("info", oneLine(`${name}: not looked into: ${String(error)}`)),
      });
      const { markdown } = flags;
      if (markdown === undefined) {
        for (const line of modelCard(release, driver.url, trust, facts)) output.line(line);
        output.line();
        output.line(
          `Use it: plimsoll sync --store '${driver.url}' --model ${model} --release ${release.version}`,
        );
      } else {
        const lines = markdownCard(release, driver.url, trust, facts);
        if (markdown === true) for (const line of lines) output.line(line);
        else {
          const path = context.settings.path(markdown);
          await writeFileWhole(path, Buffer.from(`${lines.join("\n")}\n`));
          output.line(`${path}: the model card of ${model} ${release.version}`);
        }
      }
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
        facts: Object.fromEntries(facts),
        manifest: release.manifest.document,
        ...(release.pointer ? { channel: release.pointer.channel } : {}),
      });
      return undefined;
    });
  },
};
