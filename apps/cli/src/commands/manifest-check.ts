import { parseRelease } from "@plimsoll/manifest";
import { type CommandModule, withExamples } from "../command.ts";
import { placeholder } from "../placeholder.ts";
import { readManifest } from "../read-manifest.ts";
import { oneLine } from "../text/one-line.ts";
import { bytesText, count } from "../text/quantity.ts";

export const manifestCheck: CommandModule = {
  define(command) {
    command.argument("[manifest]", "file (default: weights/manifest.json)");
    withExamples(command, [
      [
        "plimsoll manifest check weights/manifest.json",
        "before a commit: names, digests, sizes, URLs, no network",
      ],
    ]);
  },

  async run({ settings, output }, [named = "weights/manifest.json"]) {
    const path = settings.path(named);
    const { manifest, digest, warnings } = await readManifest(path);
    const entries = [...manifest.weights];
    for (const warning of warnings) output.warn(oneLine(warning));
    for (const [name, entry] of entries) {
      if (entry.url === undefined && entry.parts === undefined) {
        output.warn(
          `${name}: no url, so no sync can fetch it: plimsoll publish, or manifest rewrite --to <store>`,
        );
      } else if (entry.url !== undefined && placeholder.test(entry.url)) {
        output.warn(
          `${name}: ${oneLine(entry.url)} looks like a placeholder: plimsoll manifest rewrite --to <store>`,
        );
      }
    }
    const bytes = entries.reduce(
      (sum, [, { size, size_mb }]) => sum + (size ?? (size_mb ?? 0) * 1024 * 1024),
      0,
    );
    const release = parseRelease(manifest.release)?.text;
    const what = [manifest.model, release].filter((part) => part !== undefined).join(" ");
    output.line(
      `${path}: valid, format ${manifest.version}${what && `, ${what}`}, ${count(entries.length, "file")}, ${bytesText(bytes)}`,
    );
    output.line(`sha256 ${digest}`);
    output.event({
      type: "result",
      command: "manifest check",
      path,
      version: manifest.version,
      model: manifest.model,
      release,
      files: entries.length,
      bytes,
      digest,
    });
    return undefined;
  },
};
