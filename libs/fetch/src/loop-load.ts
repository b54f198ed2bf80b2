import { performance } from "node:perf_hooks";

/** Shorter spans say little. */
const leastMs = 5;
/** Above this share of busy time a thread has no room for more. */
const fullShare = 0.85;

/**
 * Gives a function that tells whether this thread's event loop is kept busy: whether it, and not the hosts, limits what
 * comes. More connections bring nothing then. Looks at the time since it was asked before.
 */
export function loopLoad(
  utilization: typeof performance.eventLoopUtilization = performance.eventLoopUtilization,
): () => boolean {
  let before = utilization();
  let isFull = false;
  return () => {
    const now = utilization();
    const span = utilization(now, before);
    if (span.active + span.idle < leastMs) return isFull;
    before = now;
    isFull = span.utilization > fullShare;
    return isFull;
  };
}
