import type { RandomAccess } from "../bytes/random-access.ts";
import { ManifestError } from "../error.ts";
import type { Format } from "../format/format.ts";
import { printable } from "../text/printable.ts";
import type { Finding } from "./finding.ts";
import { scanContent } from "./scan-content.ts";
import { ScanRecord } from "./scan-record.ts";

export interface ScanOptions {
  /** The weight file's name: it is held against the content, and external data are counted from its folder. */
  readonly name: string;
  /** Findings of the rule `code` become warnings: `--allow-pickle`. Default false. */
  readonly allowCode?: boolean;
  readonly signal?: AbortSignal;
}

/** What a scan of one file saw. */
export interface ScanReport {
  readonly name: string;
  readonly format: Format;
  /** True when a finding says `refuse`: the file must not be published, placed or loaded. */
  readonly refused: boolean;
  /** One line for people. It never says more than what was looked for. */
  readonly verdict: string;
  /** What to refuse first, then warnings, then notes; at most 100 of each. */
  readonly findings: readonly Finding[];
  /** `module.name` of all that its pickles import, sorted. */
  readonly globals: readonly string[];
  /** Those of them that are not on the list. */
  readonly disallowed: readonly string[];
  /** Names of files that hold data of this model, to be compared with the manifest's. */
  readonly externalData: readonly string[];
}

/**
 * Looks into a weight file by its content: what it would run or import, which rules of its format it breaks, which files
 * it reaches for. Nothing is executed and weights are not read, except in HDF5, which is searched as text. It fails
 * closed: what cannot be followed is refused. A file without findings is not thereby safe, and no verdict says so.
 *
 * Throws what reading throws, and the reason of `signal`.
 */
export async function scanFile(
  file: RandomAccess,
  { name, allowCode = false, signal }: ScanOptions,
): Promise<ScanReport> {
  const scan = new ScanRecord({ allowCode, signal });
  const format = await scanContent(scan, { file, name, path: [] });
  const findings = scan.findings;
  return {
    name,
    format,
    refused: findings.some(({ level }) => level === "refuse"),
    verdict: verdict(scan),
    findings,
    globals: [...scan.globals].sort(),
    disallowed: [...scan.disallowed].sort(),
    externalData: [...scan.externalData].sort(),
  };
}

function verdict({ findings, pickles }: ScanRecord): string {
  const refusals = findings.filter(({ level }) => level === "refuse");
  const [first] = refusals;
  if (first !== undefined) {
    const more = refusals.length > 1 ? ` (and ${refusals.length - 1} more)` : "";
    return `refused: ${first.what}${more}`;
  }
  if (findings.some(({ level, rule }) => level === "warn" && rule === "code")) {
    return "code inside, allowed on purpose";
  }
  if (findings.some(({ level, rule }) => level === "warn" && rule === "unseen")) {
    return "not looked into";
  }
  return pickles > 0 ? "no disallowed globals" : "no code found";
}

/** Throws `E_SCAN` where a scan says that the file must not be used. */
export function checkScan({ name, refused, verdict: why }: ScanReport): void {
  if (!refused) return;
  throw new ManifestError(
    "E_SCAN",
    `${printable(name)}: ${why}: export ONNX or safetensors, or see plimsoll scan ${printable(name)}`,
  );
}
