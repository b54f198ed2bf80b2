import type { Driver } from "@plimsoll/storage";
import { sha256 } from "@plimsoll/manifest";
import { listOriginals, type StoredSample } from "../samples/list-originals.ts";
import type { SampleKind } from "../samples/sample-type.ts";
import type { RunProblem } from "./run-record.ts";

/** An original that a run learns from. */
export interface ChosenSample {
  readonly key: string;
  readonly class: string;
  /** Bytes. */
  readonly size: number;
  readonly kind: SampleKind;
  /** Held out: measured on, not learned from. */
  readonly side?: "test";
  /** Unknown before it is read, where it was put there by hand. */
  readonly sha256?: string;
}

/** What a run learns from, and what it leaves out. */
export interface Choice {
  readonly kind: SampleKind | undefined;
  readonly samples: readonly ChosenSample[];
  readonly problems: readonly RunProblem[];
}

/**
 * The originals of a model as a run takes them: one kind, the same bytes once, and none that two classes claim.
 */
export async function chooseSamples(
  store: Driver,
  model: string,
  options: {
    readonly kind?: SampleKind | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<Choice> {
  const { signal } = options;
  const held = await listOriginals(store, model, { signal, heldOut: true });
  const all: (StoredSample & Pick<ChosenSample, "side">)[] = [
    ...(await listOriginals(store, model, { signal })),
    ...held.map((sample) => ({ ...sample, side: "test" as const })),
  ];
  const kind = options.kind ?? mostCommon(all);
  const problems: RunProblem[] = [];
  const ofKind: ChosenSample[] = [];
  for (const sample of all) {
    const { key, class: label, size, type, sha256: digest, side } = sample;
    if (type.kind === kind) {
      ofKind.push({
        key,
        class: label,
        size,
        kind,
        ...(side !== undefined && { side }),
        ...(digest !== undefined && { sha256: digest }),
      });
      continue;
    }
    const message = `${key}: is ${type.kind}, the other samples are ${kind ?? "none"}`;
    problems.push({ name: key, code: "E_MEDIA", message });
  }
  const single = withoutConflicts(ofKind);
  return { kind, samples: single.samples, problems: [...problems, ...single.problems] };
}

/** Leaves out copies, and everything that two classes claim. */
export function withoutConflicts(samples: readonly ChosenSample[]): {
  readonly samples: readonly ChosenSample[];
  readonly problems: readonly RunProblem[];
} {
  const problems: RunProblem[] = [];
  const byDigest = new Map<string, ChosenSample[]>();
  const kept: ChosenSample[] = [];
  for (const sample of samples) {
    if (sample.sha256 === undefined) kept.push(sample);
    else byDigest.set(sample.sha256, [...(byDigest.get(sample.sha256) ?? []), sample]);
  }
  for (const [digest, same] of byDigest) {
    // What is held out is learned from nowhere else.
    const first = same.find(({ side }) => side === "test") ?? same[0];
    const labels = [...new Set(same.map(({ class: label }) => label))];
    if (labels.length === 1 && first) kept.push(first);
    for (const { key } of labels.length > 1 ? same : []) {
      const message = `${key}: the bytes ${digest.slice(0, 12)} are in ${labels.join(" and ")}; remove one`;
      problems.push({ name: key, code: "E_CLASS", message });
    }
  }
  return { samples: kept.sort((a, b) => (a.key < b.key ? -1 : 1)), problems };
}

function mostCommon(samples: readonly StoredSample[]): SampleKind | undefined {
  const counts = { audio: 0, image: 0, text: 0 };
  for (const { type } of samples) counts[type.kind] += 1;
  const [most] = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return most === undefined || most[1] === 0 ? undefined : (most[0] as SampleKind);
}

/**
 * SHA-256 over the sorted lines `<class> <digest>`, with ` held-out` where it is: the same data has the same, wherever it
 * lies.
 */
export function datasetDigest(
  samples: readonly Pick<ChosenSample, "class" | "sha256" | "side">[],
): string {
  const lines = samples
    .map(({ class: label, sha256: digest, side }) => {
      return `${label} ${digest}${side === "test" ? " held-out" : ""}\n`;
    })
    .sort();
  return sha256(Buffer.from(lines.join("")));
}
