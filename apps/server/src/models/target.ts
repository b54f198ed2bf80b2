/** What a model is to serve now, and by whose word. */
export interface Target {
  readonly version: string;
  /** Digest of the manifest that a channel pins. */
  readonly manifest?: string;
  /** desired: a reload named it · channel: the followed channel names it · newest: no channel, it is the newest. */
  readonly by: "desired" | "channel" | "newest";
  readonly channel?: string;
  /** Move of the channel; 0 without one. */
  readonly sequence: number;
  /** Of `desired.json`; 0 without one. */
  readonly generation: number;
  /** What the channel named before, newest first: to go back to where this version is broken. */
  readonly history: readonly string[];
}

/** Two targets for which the same is to be done. */
export function sameTarget(a: Target | undefined, b: Target | undefined): boolean {
  return (
    a?.version === b?.version && a?.manifest === b?.manifest && a?.generation === b?.generation
  );
}
