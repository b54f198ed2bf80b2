import { unlinkQuietly } from "./durable.ts";
import { look } from "./file-state.ts";
import { holderState } from "./holder.ts";
import type { LockTimes } from "./defaults.ts";
import { readLockFile } from "./lock-file.ts";

/**
 * A lock as one process sees it. `held`: its holder lives, as far as can be told. `gone`: its holder is surely dead.
 * `silent`: no sign of life for too long.
 */
export interface LockSeen {
  readonly state: "held" | "gone" | "silent";
  readonly token: string | undefined;
}

interface Sight {
  key: string;
  quietMs: number;
  at: number;
}

/** A holder that surely lives but shows no sign of life (stopped, or busy in one long call) is given this much longer. */
const PATIENCE = 4;

/**
 * Looks at one lock again and again. Silence is measured with the clock of the one who looks, from what he saw himself:
 * clocks of other machines and of file servers do not matter, and time that this process slept does not count.
 */
export class LockWatch {
  readonly #path: string;
  readonly #times: LockTimes;
  readonly #now: () => number;
  readonly #sights = new Map<string, Sight>();

  constructor(path: string, times: LockTimes, now: () => number) {
    this.#path = path;
    this.#times = times;
    this.#now = now;
  }

  /** Undefined where there is no lock. */
  look(): Promise<LockSeen | undefined> {
    return this.#see(this.#path);
  }

  /** Removes the claim of a process that died between two system calls, so that the next try can do better. */
  async dropStaleClaim(claim: string): Promise<void> {
    const seen = await this.#see(claim);
    if (seen && seen.state !== "held") await unlinkQuietly(claim);
  }

  async #see(path: string): Promise<LockSeen | undefined> {
    const stats = await look(path);
    if (!stats) {
      this.#sights.delete(path);
      return undefined;
    }
    const token = (await readLockFile(path))?.token;
    const holder = token === undefined ? "unknown" : holderState(token);
    if (holder === "gone") return { state: "gone", token };
    const quietMs = this.#quiet(path, `${stats.ino} ${stats.mtimeNs} ${token ?? ""}`);
    const limitMs = this.#times.staleMs * (holder === "alive" ? PATIENCE : 1);
    return { state: quietMs > limitMs ? "silent" : "held", token };
  }

  #quiet(path: string, key: string): number {
    const at = this.#now();
    const sight = this.#sights.get(path);
    if (!sight || sight.key !== key) {
      this.#sights.set(path, { key, quietMs: 0, at });
      return 0;
    }
    // A long gap between two looks means that we were not running either.
    sight.quietMs += Math.min(Math.max(0, at - sight.at), 4 * this.#times.maxPollMs);
    sight.at = at;
    return sight.quietMs;
  }
}
