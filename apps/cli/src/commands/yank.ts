import { issuer, yankRelease } from "@plimsoll/weights";
import { collect, type CommandModule, withExamples } from "../command.ts";
import { signingKeys } from "../config/signing-keys.ts";
import { trustedKeys } from "../config/trusted-keys.ts";
import { CliError } from "../error.ts";
import { parseModelVersion } from "../model-version.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { withStore } from "../with-store.ts";

interface YankFlags extends StoreFlags {
  readonly reason?: string;
  readonly key?: readonly string[];
  readonly by?: string;
}

export const yank: CommandModule<YankFlags> = {
  define(command) {
    withStoreFlags(command.argument("<model@version>"))
      .option("--reason <text>", "why: everyone who is refused reads it")
      .option(
        "--key <file>",
        "private key (PEM) for signed channels (default: PLIMSOLL_SIGNING_KEY)",
        collect,
      )
      .option("--by <text>", "who withdraws it (default: the CI run, else user@host)");
    withExamples(command, [
      [
        'plimsoll yank yolov8m@v1.1.0 --reason "labels swapped"',
        "sync and serve refuse it from now on; its bytes stay",
      ],
    ]);
  },

  async run(context, [named = ""], flags) {
    const { io, output, signal } = context;
    const { model, version } = parseModelVersion(named);
    if (version === undefined || flags.reason === undefined) {
      throw new CliError("E_USAGE", `yank what and why? ${model}@v1.2.0 --reason "…"`);
    }
    const { reason } = flags;
    const keys = await trustedKeys(context);
    const signing = await signingKeys(context, flags.key);
    return await withStore(
      context,
      flags,
      async (store) => {
        const { note, isNew, revokedBy, namedBy } = await yankRelease({
          store,
          model,
          release: version,
          reason,
          keys,
          signingKeys: signing,
          issuedBy: flags.by ?? issuer(io.env),
          now: () => new Date(io.now()),
          signal,
          onWarning: (message) => output.warn(message),
        });
        output.line(
          `${model}@${version}: ${isNew ? "withdrawn" : "was withdrawn before"}: ${note.reason}`,
        );
        for (const channel of namedBy) {
          output.warn(
            `${channel} still names it, and its readers stop: plimsoll rollback ${model} --channel ${channel}`,
          );
        }
        const facts = { model, version, note, isNew, revokedBy, namedBy };
        output.event({ type: "result", command: "yank", ...facts });
        return undefined;
      },
      { forWriting: true },
    );
  },
};
