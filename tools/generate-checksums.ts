/**
 * `npx nx run generate-checksums [folder or manifest]`: writes `SHA256SUMS` for the weight files of a folder, or for
 * the entries of a manifest, so that `sha256sum -c SHA256SUMS` checks them where nothing else is installed.
 */
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { parseManifest } from "@plimsoll/manifest";
import { createManifest, writeChecksums } from "@plimsoll/weights";
import { fs } from "zx";
import { complain } from "./complain.ts";
import { configuredWeights } from "./configured-weights.ts";

const usage = "npx nx run generate-checksums [folder or manifest.json] [--out SHA256SUMS]";

/** The lines, and where they belong: names in them are relative to that folder. */
async function checksums(path: string): Promise<{ readonly text: string; readonly dir: string }> {
  const isFolder = (await fs.stat(path)).isDirectory();
  if (isFolder) {
    const { manifest } = await createManifest({ from: [path] });
    return { text: writeChecksums(manifest.manifest), dir: path };
  }
  const { manifest } = parseManifest(await fs.readFile(path), { source: path });
  const unpinned = [...manifest.weights].filter(([, { checksum }]) => checksum === undefined);
  if (unpinned.length > 0) {
    const names = unpinned.map(([name]) => name).join(", ");
    throw new Error(`${path}: has no digest of ${names}: name the folder of the files instead`);
  }
  return { text: writeChecksums(manifest), dir: dirname(path) };
}

async function main(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { out: { type: "string" }, help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  if (values.help) return console.log(usage);
  if (positionals.length > 1) throw new Error(`one folder or manifest at a time: ${usage}`);
  const { text, dir } = await checksums(positionals[0] ?? (await configuredWeights(process.cwd())));
  const out = values.out ?? join(dir, "SHA256SUMS");
  await fs.outputFile(out, text);
  const files = text.split("\n").length - 1;
  console.log(`${out}: ${files} ${files === 1 ? "file" : "files"}`);
  console.log(`check them with: (cd ${dir} && sha256sum -c ${relative(dir, out)})`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  complain("generate-checksums", error);
}
