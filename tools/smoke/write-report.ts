import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Check, SmokeReport } from "./smoke-test.ts";

/** XML 1.0 has no place for control characters. */
function isPrintable(sign: string): boolean {
  const code = sign.codePointAt(0) ?? 0;
  return (code >= 32 && code !== 0xfffe && code !== 0xffff) || [9, 10, 13].includes(code);
}

const escaped = (text: string): string =>
  [...text]
    .map((sign) => (isPrintable(sign) ? sign : "?"))
    .join("")
    .replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0) ?? 63};`);

function testCase({ name, outcome, detail, seconds }: Check, suite: string): string {
  const open = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}" time="${seconds.toFixed(3)}"`;
  if (outcome === "failed") return `${open}><failure message="${escaped(detail)}"/></testcase>`;
  if (outcome === "skipped") return `${open}><skipped message="${escaped(detail)}"/></testcase>`;
  return `${open}><system-out>${escaped(detail)}</system-out></testcase>`;
}

/** The report as JUnit XML, the form that CI systems read. */
export function junit({ model, release, checks }: SmokeReport): string {
  const count = (outcome: Check["outcome"]): number =>
    checks.filter((check) => check.outcome === outcome).length;
  const suite = `smoke ${model} ${release}`;
  const seconds = checks.reduce((sum, check) => sum + check.seconds, 0).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    `  <testsuite name="${escaped(suite)}" tests="${checks.length}" failures="${count("failed")}" skipped="${count("skipped")}" time="${seconds}">`,
    ...checks.map((check) => testCase(check, suite)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

/** Writes the report: JUnit for a path that ends in `.xml`, else JSON. */
export async function writeReport(path: string, report: SmokeReport): Promise<void> {
  const text = path.endsWith(".xml") ? junit(report) : `${JSON.stringify(report, undefined, 2)}\n`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
