import type { BroughtVersion, WantedVersion } from "./stored-version.ts";
import type { Target } from "./target.ts";

/** Where a model's versions come from when they do not lie in a local folder. */
export interface ModelSource {
  /**
   * What is to be served now. `"look"` asks as little as it can and may give what it gave before; `"fresh"` also finds the
   * newest version where no channel names one; `"channel"` the same without what a reload ordered. Undefined where nothing
   * says anything.
   */
  target(how: "look" | "fresh" | "channel"): Promise<Target | undefined>;
  /** The version that a channel names, or undefined where there is no such channel. */
  channel(name: string): Promise<string | undefined>;
  /** A reload that could not be written for all holds for this server alone, until the channel moves on. */
  override(version: string | undefined, sequence: number): void;
  bring(wanted: WantedVersion): Promise<BroughtVersion>;
}
