/** Tells every live view to ask again now: after an action, an event of the server, or a reconnection. */
let soon: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

export const pulse = {
  beat(): void {
    for (const listener of listeners) listener();
  },
  /** One beat for everything that is told within 200 ms: events may come by the hundred. */
  beatSoon(): void {
    soon ??= setTimeout(() => {
      soon = undefined;
      pulse.beat();
    }, 200);
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
