import { isModelName } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { storeKeys } from "./store-keys.ts";

/**
 * Names of the models of a store, sorted. Throws what the store throws: a plain web server, for one, cannot list
 * (`E_AUTH`).
 */
export async function listModels(
  driver: Driver,
  options: { readonly signal?: AbortSignal } = {},
): Promise<string[]> {
  const models: string[] = [];
  const prefix = storeKeys.models();
  for await (const entry of driver.list(prefix, { ...options, depth: "shallow" })) {
    if (entry.type !== "prefix") continue;
    const model = entry.key.slice(prefix.length, -1);
    if (isModelName(model)) models.push(model);
  }
  return models.sort();
}
