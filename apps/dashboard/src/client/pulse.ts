/** Tells every live view to ask again now: after an action, an event of the server, or a reconnection. */
let beats = 0;
const listeners = new Set<() => void>();

export const pulse = {
  get: (): number => beats,
  beat(): void {
    beats += 1;
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
