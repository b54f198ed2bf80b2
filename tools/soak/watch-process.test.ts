import { expect, test } from "@jest/globals";
import { growth, held, type Held } from "./watch-process.ts";

const samples = (mib: (at: number) => number, files: (at: number) => number): Held[] =>
  Array.from({ length: 20 }, (_, at) => ({
    residentBytes: mib(at) * 1_048_576,
    descriptors: files(at),
  }));

test("I6: memory and open files that grow without end are told, those that waver are not", () => {
  expect(
    growth(
      samples(
        (at) => 100 + (at % 3) * 20,
        (at) => 20 + (at % 4),
      ),
    ),
  ).toEqual([]);
  expect(
    growth(
      samples(
        (at) => 100 + at * 20,
        () => 20,
      ),
    ),
  ).toEqual(["memory grows: 280 MiB, later 480 MiB"]);
  expect(
    growth(
      samples(
        () => 100,
        (at) => 20 + 5 * at,
      ),
    ),
  ).toEqual(["open files grow: 65, later 115"]);
});

test("a start is no growth", () => {
  expect(
    growth(
      samples(
        (at) => (at < 5 ? 50 : 200),
        () => 20,
      ),
    ),
  ).toEqual([]);
  expect(
    growth(
      samples(
        (at) => at * 1000,
        () => 20,
      ).slice(0, 7),
    ),
  ).toEqual([]);
});

test("this process holds something", async () => {
  expect((await held()).residentBytes).toBeGreaterThan(1_000_000);
});
