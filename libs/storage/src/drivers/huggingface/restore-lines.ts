import { StorageError } from "../../error.ts";
import { fileLine, type CommitLine } from "./commit-lines.ts";
import { filesInfo, type FoundVersion } from "./find-version.ts";
import { nameOf, type HubContext } from "./hub-context.ts";
import { readSmall } from "./version-record.ts";

/**
 * Lines that put a version's own files back at the root of `head`, where another version has put others meanwhile: every
 * commit of a version has all its files. Large files are named only, small ones are read from the version's commit.
 */
export async function restoreLines(
  context: HubContext,
  head: string,
  { commit, record }: FoundVersion,
  signal?: AbortSignal,
): Promise<readonly CommitLine[]> {
  if (head === commit) return [];
  const infos = await filesInfo(context, head, [...record.keys()], { signal });
  const present = new Map(infos.map(({ path, lfs, oid }) => [path, lfs?.oid ?? oid]));
  const lines: CommitLine[] = [];
  for (const [path, { oid, size, lfs }] of record) {
    if (present.get(path) === oid) continue;
    if (lfs) {
      lines.push({ key: "lfsFile", value: { path, algo: "sha256", size, oid } });
      continue;
    }
    const bytes = await readSmall(context, commit, path, signal);
    if (bytes === undefined) {
      throw new StorageError("E_NOT_FOUND", `${nameOf(context, path)}: gone from commit ${commit}`);
    }
    lines.push(fileLine(path, bytes));
  }
  return lines;
}
