import { type DiffSide, diffWeights, type FileShare, type UpdateShare } from "@plimsoll/weights";
import { type CommandModule, type Context, withExamples } from "../command.ts";
import { trustedKeys } from "../config/trusted-keys.ts";
import { CliError } from "../error.ts";
import { parseModelVersion } from "../model-version.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { oneLine } from "../text/one-line.ts";
import { bytesText, count } from "../text/quantity.ts";
import { shareText } from "../text/share.ts";
import { table } from "../text/table.ts";
import { existsSync } from "node:fs";

interface DiffFlags extends StoreFlags {
  readonly model?: string;
}

/** What one argument means: a file, a manifest, a URL, or a version of a model in the store. */
function side({ settings }: Context, text: string, flags: DiffFlags): DiffSide {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    return { from: text, ...(flags.model === undefined ? {} : { model: flags.model }) };
  }
  const path = settings.path(text);
  if (existsSync(path)) return { from: path };
  const { url: from } =
    flags.store === undefined ? settings.defaultStore() : settings.store(flags.store, "--store");
  if (text.includes("@")) {
    const { model, version } = parseModelVersion(text);
    return { from, model, ...(version === undefined ? {} : { release: version }) };
  }
  if (flags.model === undefined) {
    throw new CliError(
      "E_USAGE",
      `"${oneLine(text)}": no such file or manifest; a version of a store is written yolov8m@${oneLine(text)}, or give --model`,
    );
  }
  const isVersion = /^v[0-9]/.test(text);
  return { from, model: flags.model, ...(isVersion ? { release: text } : { channel: text }) };
}

function fileRow({ name, state, size, fetchBytes, chunked }: FileShare): string[] {
  const cost = state === "same" ? "the same" : `${bytesText(fetchBytes)} of ${bytesText(size)}`;
  const note = chunked ? "" : "no chunk index: all of it";
  return [`  ${oneLine(name)}`, state === "same" ? "" : state, cost, note];
}

function lines(share: UpdateShare): string[] {
  const changed = share.files.filter(({ state }) => state !== "same");
  const same = share.files.length - changed.length;
  return [
    shareText(share),
    ...table(changed.map(fileRow)),
    ...(same > 0 ? [`  ${count(same, "file")} the same`] : []),
    ...share.removed.map((name) => `  ${oneLine(name)} goes`),
  ];
}

export const diff: CommandModule<DiffFlags> = {
  define(command) {
    withStoreFlags(command.argument("<before>").argument("<after>")).option(
      "--model <name>",
      "with bare versions or channels: which model",
    );
    withExamples(command, [
      ["plimsoll diff yolov8m@v1.0.0 yolov8m@v1.1.0", "two versions of the configured store"],
      ["plimsoll diff production v2.0.0 --model yolov8m", "what an update will cost"],
      ["plimsoll diff weights/best.onnx runs/7/best.onnx", "two files, before publishing"],
      ["plimsoll diff weights/manifest.json new/manifest.json", "two manifests"],
    ]);
  },

  async run(context, [before = "", after = ""], flags) {
    const { io, output, settings, signal } = context;
    const share = await diffWeights({
      before: side(context, before, flags),
      after: side(context, after, flags),
      headers: settings.headers(),
      allowHttp: flags.allowHttp ?? false,
      offline: flags.offline ?? settings.offline,
      keys: await trustedKeys(context),
      signal,
      env: io.env,
      onWarning: (message) => output.warn(oneLine(message)),
    });
    for (const line of lines(share)) output.line(line);
    output.event({ type: "result", command: "diff", ...share });
    return undefined;
  },
};
