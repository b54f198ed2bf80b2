import { expect, test } from "@jest/globals";
import { TrainingError } from "../error.ts";
import type { Sample } from "./sample.ts";
import { splitSamples } from "./split.ts";

function sample(number: number, name: string, more: Partial<Sample> = {}): Sample {
  const sha256 = number.toString(16).padStart(64, "0");
  return { id: `s${number}`, path: `/samples/${number}`, class: name, sha256, ...more };
}
const classNames = ["engine", "rain", "bell"];
const many = Array.from({ length: 90 }, (_, i) => sample(i, classNames[i % 3] ?? ""));

const idsOf = (samples: readonly Sample[]): string[] => samples.map(({ id }) => id);

test("no original is on two sides, however many samples it has", () => {
  const cuts = many.flatMap((each, i) =>
    [0, 1, 2].map((cut) => sample(1000 + i * 3 + cut, each.class, { original: `recording-${i}` })),
  );
  const { train, validation, test: held } = splitSamples(cuts);
  const originals = [train, validation, held].map(
    (side) => new Set(side.map(({ original }) => original)),
  );
  const all = originals.flatMap((side) => [...side]);
  expect(new Set(all).size).toBe(all.length);
  expect(train.length + validation.length + held.length).toBe(cuts.length);
});

test("copies with equal bytes stay together, whatever they say of their original", () => {
  const copies = many.flatMap((each) => [
    each,
    { ...each, id: `${each.id}-copy`, original: `other-${each.id}` },
  ]);
  const { train, validation, test: held } = splitSamples(copies);
  const digests = [train, validation, held].flatMap((side) => [
    ...new Set(side.map(({ sha256 }) => sha256)),
  ]);
  expect(new Set(digests).size).toBe(digests.length);
});

test("every class is on every side, with the asked share", () => {
  const split = splitSamples(many, { holdOut: 0.2 });
  expect(split.classes).toEqual(["bell", "engine", "rain"]);
  for (const name of split.classes) {
    const of = (side: readonly Sample[]): number =>
      side.filter((each) => each.class === name).length;
    expect(of(split.test)).toBe(6);
    expect(of(split.validation)).toBe(2);
    expect(of(split.train)).toBe(22);
  }
});

test("the order of the samples does not count, the seed does", () => {
  const split = (samples: readonly Sample[], seed: number) =>
    idsOf(splitSamples(samples, { seed }).test).toSorted();
  expect(split(many.toReversed(), 1)).toEqual(split(many, 1));
  expect(split(many, 2)).not.toEqual(split(many, 1));
});

test("a class with one original is reported by name and left out, the others stay", () => {
  const { classes, problems } = splitSamples([...many, sample(500, "owl")]);
  expect(classes).toEqual(["bell", "engine", "rain"]);
  expect(problems).toEqual([
    { sample: "owl", code: "E_SAMPLES", message: expect.stringContaining('"owl"') },
  ]);
});

test("all samples in one class: refused, named", () => {
  const one = many.map((each) => ({ ...each, class: "rain" }));
  expect(() => splitSamples(one)).toThrow(TrainingError);
  expect(() => splitSamples(one)).toThrow(/one class.*"rain"/s);
});

test("one original with two labels: the second is reported and left out", () => {
  const { problems } = splitSamples([...many, { ...sample(0, "rain"), id: "z" }]);
  expect(problems.map(({ sample: id }) => id)).toEqual(["z"]);
});

test("what is held out by hand is all that is held out of its class, with its copies; another class gives a share", () => {
  const held = [sample(600, "engine", { side: "test" }), { ...sample(0, "engine"), id: "copy" }];
  const split = splitSamples([
    ...many,
    held[0] as Sample,
    { ...(held[1] as Sample), side: "test" },
  ]);
  const engines = split.test.filter((each) => each.class === "engine");
  expect(idsOf(engines).toSorted()).toEqual(["copy", "s0", "s600"]);
  expect(split.test.filter((each) => each.class === "rain")).toHaveLength(6);
});

test("a split that was made elsewhere is kept", () => {
  const given = many.map((each, i): Sample => ({ ...each, side: i < 9 ? "test" : "train" }));
  const split = splitSamples(given);
  expect(idsOf(split.test).toSorted()).toEqual(idsOf(given.slice(0, 9)).toSorted());
});
