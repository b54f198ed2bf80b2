/** Requests and bodies of one client that are not over, so that closing it ends them. */
export interface OpenRequests {
  /** Adds one; the result takes it off. */
  add(end: () => void): () => void;
  endAll(): void;
}

/** An empty register. */
export function openRequests(): OpenRequests {
  const ends = new Set<() => void>();
  return {
    add(end) {
      ends.add(end);
      return () => void ends.delete(end);
    },
    endAll() {
      for (const end of [...ends]) end();
      ends.clear();
    },
  };
}
