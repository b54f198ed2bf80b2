/** What opens the closed routes. Kept in this page's memory alone: a reload forgets it, and no storage ever sees it. */
export interface Access {
  readonly adminToken?: string;
  readonly apiKey?: string;
}

let access: Access = {};
const listeners = new Set<() => void>();

export const accessStore = {
  get: (): Access => access,
  set(next: Access): void {
    access = next;
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
