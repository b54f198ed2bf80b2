import { addSamples, folderSamples, storeSamples } from "@plimsoll/pipeline";
import { type Driver, openStore } from "@plimsoll/storage";
import { issuer } from "@plimsoll/weights";
import { type CommandModule, type Context, withExamples } from "../command.ts";
import { CliError } from "../error.ts";
import { exitCode } from "../exit-code.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { withStore } from "../with-store.ts";

interface DatasetAddFlags extends StoreFlags {
  readonly model?: string;
  readonly kind?: string;
  readonly heldOut?: true;
}

const kinds = ["audio", "image", "text"] as const;

/** A store's URL; a local folder is read as it is, with names that no store would take. */
const isStore = (text: string): boolean => /^(?!file:)[a-z][a-z0-9+.-]+:\/\//i.test(text);

export const datasetAdd: CommandModule<DatasetAddFlags> = {
  define(command) {
    withStoreFlags(command.argument("<folder or store>", "one folder per class inside"))
      .requiredOption("--model <model>", "the model that learns from them")
      .option("--kind <kind>", "audio, image or text (default: what the first sample is)")
      .option("--held-out", "measure on them after every training, never learn from them");
    withExamples(command, [
      ["plimsoll dataset add ./extracted_audio --model sounds", "extracted_audio/<class>/*.wav"],
      [
        "plimsoll dataset add s3://my-bucket/extracted_audio --model sounds",
        "what an older project has collected in a bucket",
      ],
      [
        "plimsoll dataset add ./test --model birds --held-out",
        "a test set of your own, in place of a share of each class",
      ],
    ]);
  },

  async run(context, [from = ""], flags) {
    const { io, output, signal, settings } = context;
    const { model = "" } = flags;
    const kind = kinds.find((name) => name === flags.kind);
    if (flags.kind !== undefined && kind === undefined) {
      throw new CliError("E_USAGE", `--kind: "${flags.kind}" is none of ${kinds.join(", ")}`);
    }
    const source = isStore(from) ? await openSource(context, from, flags) : undefined;
    const files = source ? storeSamples(source, "") : folderSamples(settings.path(from));
    const work = async (store: Driver): Promise<number | undefined> => {
      const result = await addSamples({
        store,
        model,
        from: files,
        source: source?.url ?? settings.path(from),
        by: issuer(io.env),
        ...(kind && { kind }),
        ...(flags.heldOut && { heldOut: true }),
        signal,
        onSample: (event) => {
          output.event({ type: "sample", ...event });
          if (event.outcome === "refused") output.log("warn", `${event.code} ${event.message}`);
        },
      });
      const { added, duplicates, refused, classes } = result;
      const names = Object.entries(classes).map(([name, count]) => `${name} ${count}`);
      output.line(`${model}: ${added} added, ${duplicates} were there, ${refused.length} refused`);
      if (names.length > 0) output.line(names.join(" · "));
      output.event({ type: "result", command: "dataset add", model, ...result });
      if (added + duplicates > 0) return undefined;
      const code = refused[0]?.code ?? "E_NOT_FOUND";
      const message = refused[0]?.message ?? `${from}: there are no folders with samples in it`;
      output.fail({ code, message, exit: exitCode(code) });
      return exitCode(code);
    };
    try {
      return await withStore(context, flags, work, { forWriting: true });
    } finally {
      await source?.close();
    }
  },
};

async function openSource({ io, settings }: Context, url: string, flags: DatasetAddFlags) {
  if (flags.offline ?? settings.offline) {
    throw new CliError("E_USAGE", `${url}: needs the network, which --offline forbids`);
  }
  return await openStore(url, {
    env: io.env,
    credentials: settings.headers(),
    allowHttp: flags.allowHttp ?? false,
  });
}
