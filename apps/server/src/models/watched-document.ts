import { collectBytes, type JsonValue, parseJson } from "@plimsoll/manifest";
import type { Driver, ObjectStat } from "@plimsoll/storage";
import { codeOf } from "./code-of.ts";

/** A small JSON document of a store as it was last seen. */
export interface SeenDocument {
  readonly value: JsonValue;
  /** What a conditional write compares; undefined where the host has none. */
  readonly etag: string | undefined;
}

/** Looks at one document again and again, and reads it only when it is another. */
export interface WatchedDocument {
  /** Undefined where there is none. `isNew`: it was not like this at the last look. */
  look(
    driver: Driver,
  ): Promise<{ readonly seen: SeenDocument | undefined; readonly isNew: boolean }>;
}

/** Documents that servers write are far smaller. */
export const maxDocumentBytes = 1024 * 1024;

/** Watches `key` by its etag: a look at an unchanged document is one HEAD request. */
export function watchDocument(key: string): WatchedDocument {
  let token: string | undefined;
  let seen: SeenDocument | undefined;
  let hasLooked = false;
  return {
    async look(driver) {
      const stat = await driver.stat(key);
      const current = stat && tokenOf(stat);
      if (hasLooked && current === token && (current !== undefined || stat === undefined)) {
        return { seen, isNew: false };
      }
      const read = stat && (await readDocument(driver, key));
      const isNew = !hasLooked || JSON.stringify(read?.value) !== JSON.stringify(seen?.value);
      hasLooked = true;
      token = read && tokenOf(read.stat);
      seen = read && { value: read.value, etag: read.stat.etag ?? stat.etag };
      return { seen, isNew };
    },
  };
}

/** A JSON document of a store, or undefined where there is none. Throws what the store and the parser throw. */
export async function readDocument(
  driver: Driver,
  key: string,
): Promise<{ readonly value: JsonValue; readonly stat: ObjectStat } | undefined> {
  try {
    const { stat, body } = await driver.read(key);
    const source = `${key} at ${driver.url}`;
    const bytes = await collectBytes(body, { maxBytes: maxDocumentBytes, source });
    return { value: parseJson(bytes, { maxBytes: maxDocumentBytes, maxDepth: 32, source }), stat };
  } catch (error) {
    if (codeOf(error) === "E_NOT_FOUND") return undefined;
    throw error;
  }
}

function tokenOf({ etag, size, modifiedAt }: ObjectStat): string | undefined {
  if (etag !== undefined) return etag;
  return modifiedAt === undefined ? undefined : `${size}/${modifiedAt.getTime()}`;
}
