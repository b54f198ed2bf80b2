import type { Core } from "../host/core.ts";

/** Unloads versions that nobody asked for `ttlMs`. Gives a function that ends the watch. */
export function unloadIdle(core: Core, ttlMs: number): () => void {
  if (ttlMs <= 0) return () => undefined;
  const look = (): void => {
    for (const { pinned, runners } of core.entries.values()) {
      if (pinned) continue;
      for (const runner of runners) {
        const { files, state, busy, starting, usedAt } = runner;
        if (state !== "ready" || busy || starting || core.now() - usedAt < ttlMs) continue;
        core.tell(files.model, { type: "evicted", version: files.version });
        void runner.evict();
      }
    }
  };
  const timer = setInterval(look, Math.min(30_000, Math.max(10, ttlMs / 4)));
  timer.unref();
  return () => clearInterval(timer);
}
