/**
 * Puts `plimsoll.config.json` and `weights/manifest.json` into an image's folder, where the project has them:
 * `node tools/deploy-files/image-config.mjs --from <project> --out <folder>`. A few kilobytes; never a weight file.
 */
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { from: { type: "string" }, out: { type: "string" } } });
const { from, out } = values;
if (!from || !out) throw new Error("usage: image-config.mjs --from <project> --out <folder>");
for (const file of ["plimsoll.config.json", join("weights", "manifest.json")]) {
  const target = join(out, file);
  await mkdir(dirname(target), { recursive: true });
  try {
    await copyFile(join(from, file), target);
    process.stdout.write(`${file} is in the image\n`);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}
