import { TrainingError } from "../error.ts";
import { seededRandom } from "../random.ts";
import type { Problem } from "./problem.ts";
import type { Sample } from "./sample.ts";

/** Which side each sample is on. */
export interface Split {
  /** In the order of the model's outputs: by name. */
  readonly classes: readonly string[];
  /** Trained on, with copies. */
  readonly train: readonly Sample[];
  /** Decides when training stops. */
  readonly validation: readonly Sample[];
  /** Held out: seen only by the evaluation. */
  readonly test: readonly Sample[];
  readonly problems: readonly Problem[];
}

/** What `splitSamples` takes. */
export interface SplitOptions {
  /** Share of each class's originals that is held out; default 0.2. */
  readonly holdOut?: number;
  /** Share of the rest that decides when to stop; default 0.1. */
  readonly validation?: number;
  readonly seed?: number;
}

/**
 * Splits by original, each class by itself: every class is on every side, and no two samples of one original (or of
 * equal bytes) are on two. The same samples and seed give the same split, in whatever order they come; a new sample
 * does not move the others, because each original's place comes from its own digest.
 *
 * A class with one original is left out and reported, and so is a sample whose original has another class already.
 *
 * @throws TrainingError `E_SAMPLES` when fewer than two classes are left.
 */
export function splitSamples(samples: readonly Sample[], options: SplitOptions = {}): Split {
  const { holdOut = 0.2, validation = 0.1, seed = 1 } = options;
  const problems: Problem[] = [];
  const byClass = groupOriginals(samples, problems);
  const classes: string[] = [];
  const sides: Record<"train" | "validation" | "test", Sample[]> = {
    train: [],
    validation: [],
    test: [],
  };
  for (const [name, originals] of [...byClass].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (originals.size < 2) {
      const message = `class ${JSON.stringify(name)} has one original, at least 2 are needed: it is left out`;
      problems.push({ sample: name, code: "E_SAMPLES", message });
      continue;
    }
    classes.push(name);
    const groups = [...originals]
      .map(([key, group]) => ({ group, place: placeOf(key, seed) }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ group }) => group);
    const given = groups.some((group) => group.some(({ side }) => side !== undefined));
    const tests = given
      ? groups.filter((group) => group.some(({ side }) => side === "test"))
      : groups.slice(0, share(groups.length, holdOut));
    const rest = groups.filter((group) => !tests.includes(group));
    const checks = rest.length < 4 ? 0 : share(rest.length, validation);
    sides.test.push(...tests.flat());
    sides.validation.push(...rest.slice(0, checks).flat());
    sides.train.push(...rest.slice(checks).flat());
  }
  if (classes.length < 2) {
    const found = [...byClass.keys()].map((name) => JSON.stringify(name)).join(", ") || "none";
    throw new TrainingError(
      "E_SAMPLES",
      `only ${classes.length === 1 ? "one class has" : "no class has"} two originals or more (classes: ${found}): a classifier needs at least two such classes`,
    );
  }
  return { classes, ...sides, problems };
}

/** At least one and at most all but one, 0 where nothing is asked for. */
function share(count: number, part: number): number {
  return part <= 0 ? 0 : Math.min(count - 1, Math.max(1, Math.round(count * part)));
}

/** Samples by class and original; copies by digest fall together. */
function groupOriginals(
  samples: readonly Sample[],
  problems: Problem[],
): Map<string, Map<string, Sample[]>> {
  const byDigest = new Map<string, string>();
  const classOf = new Map<string, string>();
  const byClass = new Map<string, Map<string, Sample[]>>();
  for (const sample of samples.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const key = byDigest.get(sample.sha256) ?? sample.original ?? sample.sha256;
    byDigest.set(sample.sha256, key);
    const known = classOf.get(key);
    if (known !== undefined && known !== sample.class) {
      const message = `${sample.id}: labelled ${JSON.stringify(sample.class)}, but the same original is ${JSON.stringify(known)} too: left out`;
      problems.push({ sample: sample.id, code: "E_SAMPLES", message });
      continue;
    }
    classOf.set(key, sample.class);
    const originals = byClass.get(sample.class) ?? new Map<string, Sample[]>();
    originals.set(key, [...(originals.get(key) ?? []), sample]);
    byClass.set(sample.class, originals);
  }
  return byClass;
}

/** A number from 0 to below 1 that depends on nothing but the original's name and the seed. */
function placeOf(key: string, seed: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return seededRandom(hash ^ Math.imul(seed, 0x9e3779b1)).uniform();
}
