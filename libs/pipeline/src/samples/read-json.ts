import { collectBytes, type JsonValue, parseJson } from "@plimsoll/manifest";
import type { Driver, ObjectStat } from "@plimsoll/storage";

/** Code of an error of any room. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === "string" && code.startsWith("E_") ? code : undefined;
}

/** A small JSON document of a store with its token, or undefined where there is none. */
export async function readJson(
  store: Driver,
  key: string,
  options: { readonly maxBytes?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<{ readonly json: JsonValue; readonly stat: ObjectStat } | undefined> {
  const { maxBytes = 1024 * 1024, signal } = options;
  try {
    const { stat, body } = await store.read(key, signal ? { signal } : {});
    const source = `${key} at ${store.url}`;
    const bytes = await collectBytes(body, { maxBytes, source });
    return { json: parseJson(bytes, { maxBytes, source }), stat };
  } catch (error) {
    if (codeOf(error) === "E_NOT_FOUND") return undefined;
    throw error;
  }
}
