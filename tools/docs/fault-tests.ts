import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./workspace.ts";

/** A test that cites a row. */
export interface FaultTest {
  readonly title: string;
  /** From the root. */
  readonly path: string;
}

const titles = /(["'`])((?:[ND]\d+)(?:(?:, | and |-)[ND]\d+)*: (?:(?!\1).)*)\1/gu;

/** The tests of all projects by the rows that their titles cite: `N6: …`, `D1, D2: …`, `D1-D3: …`. */
export async function faultTests(): Promise<ReadonlyMap<string, readonly FaultTest[]>> {
  const found = new Map<string, FaultTest[]>();
  for (const path of await testFiles()) {
    const text = await readFile(join(root, path), "utf8");
    for (const { title, rows } of citedRows(text)) {
      for (const row of rows) found.set(row, [...(found.get(row) ?? []), { title, path }]);
    }
  }
  return found;
}

/** Titles in a test file with the rows that they cite. */
export function citedRows(
  text: string,
): readonly { readonly title: string; readonly rows: readonly string[] }[] {
  return [...text.matchAll(titles)].map(([, , whole = ""]) => {
    const colon = whole.indexOf(":");
    const rows: string[] = [];
    for (const part of whole.slice(0, colon).split(/, | and /)) {
      const [, letter = "", first = "", last = first] =
        /^([ND])(\d+)(?:-[ND](\d+))?$/.exec(part) ?? [];
      for (let row = Number(first); row <= Number(last); row++) rows.push(`${letter}${row}`);
    }
    return { title: whole.slice(colon + 2), rows };
  });
}

async function testFiles(): Promise<string[]> {
  const folders: string[] = ["tools"];
  for (const group of ["libs", "apps"]) {
    const names = await readdir(join(root, group));
    folders.push(...names.map((name) => `${group}/${name}/src`));
  }
  const files: string[] = [];
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true }).catch(() => []);
    const tests = entries.filter((name) => name.endsWith(".test.ts") && !/(^|\/)dist\//.test(name));
    files.push(...tests.map((name) => `${folder}/${name.split("\\").join("/")}`));
  }
  return files.sort();
}
