import { printable } from "@plimsoll/manifest";
import { PipelineError } from "../error.ts";

/** How many samples are taken before somebody has a look; every field has a default. */
export interface SampleQuotas {
  /** Of one class within 24 hours; what is more waits in quarantine. Default 2,000. */
  readonly perClassAndDay?: number;
  /** From one sender within 24 hours, of all classes; what is more is refused. Default 5,000. */
  readonly perSenderAndDay?: number;
  /** In quarantine of one class; what is more is refused. Default 2,000. */
  readonly quarantinePerClass?: number;
  /** Originals of one class; what is more is refused. Default 100,000. */
  readonly perClass?: number;
}

export const sampleQuotas = {
  perClassAndDay: 2000,
  perSenderAndDay: 5000,
  quarantinePerClass: 2000,
  perClass: 100_000,
} as const satisfies Required<SampleQuotas>;

const dayMs = 24 * 60 * 60_000;

/** Counts what was taken within a day, by name. */
class DayCounts {
  readonly #times = new Map<string, number[]>();

  count(name: string, now: number): number {
    const times = (this.#times.get(name) ?? []).filter((time) => time > now - dayMs);
    this.#times.set(name, times);
    return times.length;
  }

  add(name: string, now: number): void {
    this.#times.set(name, [...(this.#times.get(name) ?? []), now]);
  }
}

/** How many samples of the class the store holds. */
export interface ClassCounts {
  readonly originals: number;
  readonly quarantined: number;
}

/** Keeps a flood of one label, or of one sender, out of what is learned from (row V18). */
export class QuotaKeeper {
  readonly #quotas: Required<SampleQuotas>;
  readonly #classes = new DayCounts();
  readonly #senders = new DayCounts();

  constructor(quotas: SampleQuotas = {}) {
    this.#quotas = { ...sampleQuotas, ...quotas };
  }

  /** Why the next sample has to wait in quarantine, or undefined. Throws `E_QUOTA` for one that is not taken at all. */
  judge(className: string, sender: string, counts: ClassCounts, now: number): string | undefined {
    const { perClassAndDay, perSenderAndDay, quarantinePerClass, perClass } = this.#quotas;
    const refuse = (message: string): never => {
      throw new PipelineError("E_QUOTA", message);
    };
    if (this.#senders.count(sender, now) >= perSenderAndDay) {
      refuse(
        `${printable(sender, 80)}: sent ${perSenderAndDay} samples within a day; go on tomorrow`,
      );
    }
    if (counts.originals >= perClass) {
      refuse(
        `${className}: has ${counts.originals} originals, at most ${perClass}; remove some first`,
      );
    }
    if (this.#classes.count(className, now) < perClassAndDay) return undefined;
    if (counts.quarantined >= quarantinePerClass) {
      refuse(
        `${className}: ${perClassAndDay} samples came within a day and ${counts.quarantined} wait in quarantine; look at them with plimsoll dataset approve`,
      );
    }
    return `more than ${perClassAndDay} samples of this class within a day`;
  }

  took(className: string, sender: string, now: number): void {
    this.#classes.add(className, now);
    this.#senders.add(sender, now);
  }
}
