import { readFile } from "node:fs/promises";

/**
 * The PEM that a setting holds, or that lies in the file which it names. Line ends that arrived escaped, as secrets of a
 * CI often do, become line ends again. Throws what reading the file throws.
 */
export async function pemText(pemOrPath: string): Promise<string> {
  return pemOrPath.includes("-----BEGIN")
    ? pemOrPath.replaceAll("\\n", "\n")
    : await readFile(pemOrPath, "utf8");
}
