import { signRelease } from "@plimsoll/weights";
import { collect, type CommandModule, withExamples } from "../command.ts";
import { requiredSigningKeys } from "../config/signing-keys.ts";
import { CliError } from "../error.ts";
import { parseModelVersion } from "../model-version.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { withStore } from "../with-store.ts";

interface SignFlags extends StoreFlags {
  readonly key?: readonly string[];
}

export const sign: CommandModule<SignFlags> = {
  define(command) {
    withStoreFlags(command.argument("<model@version>")).option(
      "--key <file>",
      "private key, PEM (default: PLIMSOLL_SIGNING_KEY)",
      collect,
    );
    withExamples(command, [
      [
        "PLIMSOLL_SIGNING_KEY=release.key plimsoll sign yolov8m@v1.2.0",
        "sign a version that is published already, or sign it again with a newer key",
      ],
    ]);
  },

  async run(context, [named = ""], flags) {
    const { output, signal } = context;
    const { model, version } = parseModelVersion(named);
    if (version === undefined) {
      throw new CliError("E_USAGE", `sign which version? As in ${model}@v1.2.0`);
    }
    const keys = await requiredSigningKeys(context, flags.key);
    return await withStore(context, flags, async (store) => {
      const { outcome, manifest } = await signRelease({
        store,
        model,
        release: version,
        signingKeys: keys,
        signal,
      });
      const files = manifest.manifest.weights.size;
      const what = outcome === "written" ? "signed" : "was signed with this key before";
      output.line(`${model}@${version}: ${what}: manifest.json and ${files} files`);
      const { digest } = manifest;
      output.event({ type: "result", command: "sign", model, version, outcome, manifest: digest });
      return undefined;
    });
  },
};
