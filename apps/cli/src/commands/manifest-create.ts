import { access } from "node:fs/promises";
import { join } from "node:path";
import { openCache } from "@plimsoll/cache";
import type { ParsedManifest } from "@plimsoll/manifest";
import { createManifest, type CreateManifestOptions, writeFileWhole } from "@plimsoll/weights";
import { collect, type CommandModule, type Context, withExamples } from "../command.ts";
import { isFolder } from "../is-folder.ts";
import { readManifest } from "../read-manifest.ts";
import { bytesText, count } from "../text/quantity.ts";
import { table } from "../text/table.ts";

interface CreateFlags {
  readonly out?: string;
  readonly release?: string;
  readonly model?: string;
  readonly description?: string;
  readonly baseUrl?: string;
  readonly chunks?: true;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly optional?: readonly string[];
}

async function readExisting(path: string): Promise<ParsedManifest | undefined> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  return isThere ? await readManifest(path) : undefined;
}

async function request(
  context: Context,
  from: readonly string[],
  existing: ParsedManifest | undefined,
  flags: CreateFlags,
): Promise<CreateManifestOptions> {
  const { io, output, signal } = context;
  const { release, model, description, baseUrl, include, exclude, optional } = flags;
  const cache = await openCache({ env: io.env }).catch(() => undefined);
  return {
    from,
    ...(existing && { existing }),
    ...(cache && { cache }),
    ...(release === undefined ? {} : { release }),
    ...(model === undefined ? {} : { model }),
    ...(description === undefined ? {} : { description }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    chunks: flags.chunks ?? false,
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(optional === undefined ? {} : { optional }),
    signal,
    onEvent: (event) => {
      if (output.isProgressDue(event.name)) output.event(event);
      output.progress(event.name, event.bytes, event.size);
      if (event.bytes >= event.size) output.settle(event.name, undefined);
    },
  };
}

export const manifestCreate: CommandModule<CreateFlags> = {
  define(command) {
    command
      .argument("<paths...>", "a folder of weights, or files")
      .option("--out <file>", "default: manifest.json in the folder")
      .option("--release <version>", "v and semver: v1.0.0")
      .option("--model <name>", "the model that the files belong to")
      .option("--description <text>", "a sentence about them")
      .option("--base-url <url>", "set each file's url to <url>/<name>")
      .option("--chunks", "write a chunk index (<file>.chunks) beside every file of 1 MiB and more")
      .option("--include <glob>", "take these instead of the known extensions; repeatable", collect)
      .option("--exclude <glob>", "leave these out; repeatable", collect)
      .option(
        "--optional <glob>",
        "a failed download of these is only a warning; repeatable",
        collect,
      );
    withExamples(command, [
      [
        "plimsoll manifest create weights",
        "write or update weights/manifest.json; URLs of unchanged files stay",
      ],
      [
        "plimsoll manifest create weights --base-url https://github.com/me/app/releases/download/v1.0.0",
        "for files that you upload by hand",
      ],
    ]);
  },

  async run(context, args, flags) {
    const { settings, output } = context;
    const from = args.map((path) => settings.path(path));
    const [first = "."] = from;
    const inside = (await isFolder(first))
      ? join(first, "manifest.json")
      : join(first, "..", "manifest.json");
    const out = flags.out === undefined ? inside : settings.path(flags.out);
    const existing = await readExisting(out);
    output.startBars();
    const { manifest, files } = await createManifest(await request(context, from, existing, flags));
    output.close();
    for (const { path, chunks } of files) {
      if (chunks) await writeFileWhole(`${path}.chunks`, chunks.bytes);
    }
    const isChanged = existing?.digest !== manifest.digest;
    if (isChanged) await writeFileWhole(out, manifest.bytes);
    const rows = files.map(({ name, size, sha256 }) => [`  ${name}`, bytesText(size), sha256]);
    for (const line of table(rows, ["left", "right"])) output.line(line);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const verb = existing === undefined ? "written" : isChanged ? "updated" : "unchanged";
    output.line(`${out}: ${verb}, ${count(files.length, "file")}, ${bytesText(bytes)}`);
    const missing = files.filter(
      ({ name }) => manifest.manifest.weights.get(name)?.url === undefined,
    );
    if (missing.length > 0) {
      output.line("Next: plimsoll publish uploads the files and sets their URLs.");
    }
    output.event({
      type: "result",
      command: "manifest create",
      path: out,
      changed: isChanged,
      digest: manifest.digest,
      files: files.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
    });
    return undefined;
  },
};
