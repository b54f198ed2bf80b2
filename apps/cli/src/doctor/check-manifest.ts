import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { ParsedManifest } from "@plimsoll/manifest";
import { toFailure } from "../failure.ts";
import { readManifest } from "../read-manifest.ts";
import { oneLine } from "../text/one-line.ts";
import { bytesText, count } from "../text/quantity.ts";
import type { Finding } from "./finding.ts";

/** What a deployment has to fetch. */
function bytesOf({ manifest }: ParsedManifest): number {
  return [...manifest.weights.values()].reduce(
    (sum, { size, size_mb }) => sum + (size ?? (size_mb ?? 0) * 2 ** 20),
    0,
  );
}

/** Whether a manifest is there, valid, and pins every file by its digest; the manifest for further checks. */
export async function checkManifest(
  path: string,
): Promise<{ readonly findings: readonly Finding[]; readonly manifest?: ParsedManifest }> {
  const check = "manifest";
  try {
    const manifest = await readManifest(path);
    const entries = [...manifest.manifest.weights];
    const open = entries.filter(([, entry]) => entry.checksum === undefined && !entry.parts);
    const detail = `${path}: ${count(entries.length, "file")}, ${bytesText(bytesOf(manifest))}`;
    const findings: Finding[] = [{ check, state: "ok", detail }];
    if (open.length > 0) {
      findings.push({
        check: "manifest: checksums",
        state: "broken",
        detail: `${open.map(([name]) => oneLine(name)).join(", ")}: nothing pins these bytes`,
        fix: "plimsoll manifest create writes the checksums of the files that you have",
        code: "E_MANIFEST_SCHEMA",
      });
    }
    return { findings, manifest };
  } catch (error) {
    const { code, message } = toFailure(error);
    const fix = "plimsoll publish writes it, plimsoll manifest create makes one of local files";
    return { findings: [{ check, state: "broken", detail: message, fix, code }] };
  }
}

/** Whether the files of a manifest fit on the disk of `path`. */
export async function checkSpace(manifest: ParsedManifest, path: string): Promise<Finding> {
  const check = "disk";
  const { bavail, bsize } = await statfs(dirname(path) || ".");
  const free = bavail * bsize;
  const needed = bytesOf(manifest);
  const detail = `${bytesText(free)} free, the weights need ${bytesText(needed)}`;
  if (free > needed) return { check, state: "ok", detail };
  return { check, state: "broken", detail, fix: "a larger disk, or fewer files", code: "E_DISK" };
}
