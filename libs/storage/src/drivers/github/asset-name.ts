import { StorageError } from "../../error.ts";

/** GitHub states no limit; this is one of most file systems that the asset may be downloaded to. */
const maxNameLength = 250;

/**
 * The asset's name of a file of a version. Releases have no folders: `a/b.bin` becomes `a--b.bin`. What GitHub would
 * change, and what would read as a folder then, is written as `@2D` (-), `@2E` (.) and `@40` (@), so that `fileOfName`
 * leads back. Throws `E_PATH` for a name that is too long.
 */
export function assetName(file: string): string {
  const name = file
    .replace(/@(?=2D|2E|40)/g, "@40")
    // GitHub makes one dot of several.
    .replace(/(?<=\.)\./g, "@2E")
    .replace(/(?<=[-/])-|-(?=\/)/g, "@2D")
    .replaceAll("/", "--");
  if (name.length <= maxNameLength) return name;
  throw new StorageError(
    "E_PATH",
    `${file}: too long for the name of a release asset, which has no folders; shorten it`,
  );
}

/** The file that `assetName` named so. */
export function fileOfName(name: string): string {
  return name
    .replaceAll("--", "/")
    .replace(/@(2D|2E|40)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
