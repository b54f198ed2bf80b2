/** Whether the server answers. While it does not, it is asked every second, so that its return is seen at once. */
export type Connection = "unknown" | "live" | "lost";

let state: Connection = "unknown";
let probe: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function set(next: Connection): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

async function ask(): Promise<void> {
  probe = undefined;
  try {
    const response = await fetch("/health/live", { cache: "no-store" });
    // A proxy in front answers 502 to 504 in its own words while the server behind it is away.
    const ours = response.headers.get("content-type")?.includes("json") ?? false;
    if (response.status < 502 || ours) return set("live");
  } catch {
    // Still away.
  }
  probe = setTimeout(() => void ask(), 1000);
}

export const connectionStore = {
  get: (): Connection => state,
  live: (): void => set("live"),
  lost(): void {
    set("lost");
    probe ??= setTimeout(() => void ask(), 500);
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
