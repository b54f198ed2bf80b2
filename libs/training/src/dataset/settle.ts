import { TrainingError } from "../error.ts";
import type { Problem } from "./problem.ts";
import type { Split } from "./split.ts";

/**
 * A split without the samples that turned out to be unreadable (`unusable` ids). A class that has none left to train on
 * is left out and reported.
 *
 * @throws TrainingError `E_SAMPLES` when fewer than two classes are left.
 */
export function settleSplit(split: Split, unusable: ReadonlySet<string>): Split {
  const usable = split.train.filter(({ id }) => !unusable.has(id));
  const left = new Set(usable.map((sample) => sample.class));
  const lost = split.classes.filter((name) => !left.has(name));
  const classes = split.classes.filter((name) => left.has(name));
  if (classes.length < 2) {
    throw new TrainingError(
      "E_SAMPLES",
      `${classes.length === 0 ? "no class has" : `only ${JSON.stringify(classes[0])} has`} a readable sample to train on: a classifier needs two classes`,
    );
  }
  const problems = lost.map((name): Problem => ({
    sample: name,
    code: "E_SAMPLES",
    message: `class ${JSON.stringify(name)} has no readable sample to train on: it is left out`,
  }));
  return {
    classes,
    train: usable,
    validation: split.validation.filter((each) => left.has(each.class) && !unusable.has(each.id)),
    test: split.test.filter((each) => left.has(each.class) && !unusable.has(each.id)),
    problems: [...split.problems, ...problems],
  };
}
