import { accessStore } from "./access.ts";

interface Kept {
  readonly text: string;
  readonly data: unknown;
}

const kept = new Map<string, Kept>();
const listeners = new Map<string, Set<() => void>>();

const tell = (path: string): void => {
  for (const listener of listeners.get(path) ?? []) listener();
};

/** The newest answer of every path. It outlives a page, so that going back shows it at once. */
export const answers = {
  get: (path: string): unknown => kept.get(path)?.data,
  /** Takes an answer as JSON text; the same text again is no news, and its object stays the same. */
  take(path: string, text: string): void {
    if (kept.get(path)?.text === text) return;
    kept.set(path, { text, data: JSON.parse(text) as unknown });
    tell(path);
  },
  subscribe(path: string, listener: () => void): () => void {
    const set = listeners.get(path) ?? new Set();
    listeners.set(path, set.add(listener));
    return () => set.delete(listener);
  },
};

// What only the token opened goes with the token.
accessStore.subscribe(() => {
  if (accessStore.get().adminToken) return;
  const paths = [...kept.keys()];
  kept.clear();
  paths.forEach(tell);
});
