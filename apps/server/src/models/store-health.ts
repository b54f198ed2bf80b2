import type { StoreHealth } from "@plimsoll/api";
import type { StoreLink } from "./store-link.ts";

/** Asks a store for something small, and tells how that went. */
export async function storeHealth(link: StoreLink, now: () => number): Promise<StoreHealth> {
  const startedAt = performance.now();
  let latencyMs: number | undefined;
  let writable: boolean | undefined;
  try {
    await link.use(async (driver) => {
      await driver.stat("models/health");
      writable = driver.kind === "http" ? false : driver.swap !== undefined || undefined;
    });
    latencyMs = Math.round((performance.now() - startedAt) * 10) / 10;
  } catch {
    // What happened is in the link's state.
  }
  const { url, kind, isReachable, error } = link.state();
  return {
    store: url,
    kind: kind ?? url.split(":")[0] ?? "unknown",
    reachable: isReachable ?? false,
    ...(writable !== undefined && { writable }),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(error && { error }),
    checkedAt: new Date(now()).toISOString(),
  };
}
