import { expect, test } from "@jest/globals";
import { classifyByKeywords } from "./classify-by-keywords.ts";
import { hashNgrams } from "./hash-ngrams.ts";
import { normalizeText } from "./normalize-text.ts";

test("texts are compared without case, punctuation and compatibility forms", () => {
  expect(normalizeText("  Ｄrone,\n\tover—the ﬁeld! Ümläut 3x ")).toBe(
    "drone over the field ümläut 3x",
  );
});

test("n-grams are hashed as they are documented", () => {
  const size = 1 << 16;
  // "ab" gives =ab, <ab, ab>, <ab>: four features of weight ±1, so each is ±1/2.
  const values = hashNgrams("AB!", { size });
  const set = [...values.entries()].filter(([, value]) => value !== 0);
  expect(set).toHaveLength(4);
  expect(set.every(([, value]) => Math.abs(value) === 0.5)).toBe(true);
  // As another implementation of FNV-1a and the mixer has it.
  expect(set).toEqual([
    [9440, 0.5],
    [13691, -0.5],
    [16001, 0.5],
    [60408, 0.5],
  ]);
});

test("n-grams have length 1, whatever the text, and none where there is no word", () => {
  const length = (values: Float32Array): number => Math.hypot(...values);
  expect(length(hashNgrams("a drone hovers over the airfield", { size: 512 }))).toBeCloseTo(1, 5);
  expect(length(hashNgrams(" ?! ", { size: 512 }))).toBe(0);
});

test("similar texts are near each other, others are not", () => {
  const dot = (a: string, b: string): number => {
    const other = hashNgrams(b, { size: 4096 });
    return hashNgrams(a, { size: 4096 }).reduce(
      (sum, value, index) => sum + value * (other[index] ?? 0),
      0,
    );
  };
  expect(dot("drone sighted", "Drones, sighted!")).toBeGreaterThan(0.6);
  expect(Math.abs(dot("drone sighted", "quiet birds"))).toBeLessThan(0.2);
});

const categories = {
  drone: ["drone*", "quad copter", "UAV"],
  weapon: ["gun", "knife", "gun"],
  日本: ["無人機"],
};

test("a taxonomy of keywords answers with its share of the occurrences", () => {
  expect(classifyByKeywords("Two drones and a Quad-Copter; one GUN.", categories)).toEqual({
    kind: "classification",
    predictedClass: "drone",
    confidence: 2 / 3,
    probabilities: { drone: 2 / 3, weapon: 1 / 3, 日本: 0 },
  });
  expect(classifyByKeywords("gun gun gun", categories)).toMatchObject({ confidence: 1 });
  expect(classifyByKeywords("今日は無人機を見た", categories)).toMatchObject({
    predictedClass: "日本",
  });
});

test("only whole words are keywords, and nothing found is none", () => {
  expect(classifyByKeywords("the gunnery begun at the copter", categories)).toEqual({
    kind: "classification",
    predictedClass: "none",
    confidence: 0,
    probabilities: { drone: 0, weapon: 0, 日本: 0 },
  });
});

test("keywords without a word, and categories of any name, are harmless", () => {
  const odd = { ["__proto__"]: ["bird"], empty: ["", "?!", "*"], none: [] };
  const answer = classifyByKeywords("a bird", odd);
  expect(answer).toMatchObject({ predictedClass: "__proto__", confidence: 1 });
});
