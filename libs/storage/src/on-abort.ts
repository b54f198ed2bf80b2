/** One listener a signal, however many wait for it: Node warns of a leak beyond ten, and a run has more lanes than that. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `act` once when the signal fires, not at once where it has fired already. The result takes that back; without a
 * signal it does nothing.
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal === undefined || signal.aborted) return () => undefined;
  let acts = waiting.get(signal);
  if (acts === undefined) {
    acts = new Set();
    waiting.set(signal, acts);
  }
  if (acts.size === 0) signal.addEventListener("abort", fire, { once: true });
  // A wrapper of its own, so that the same function can wait twice.
  const entry = (): void => act();
  const set = acts;
  set.add(entry);
  return () => {
    set.delete(entry);
    if (set.size === 0) signal.removeEventListener("abort", fire);
  };
}

function fire(event: Event): void {
  const acts = waiting.get(event.target as AbortSignal);
  if (acts === undefined) return;
  const all = [...acts];
  acts.clear();
  for (const act of all) act();
}
