import { expect, test } from "@jest/globals";
import type { ByteRange } from "./byte-ranges.ts";
import { Segments } from "./segments.ts";

const mib = 1_048_576;

function all(segments: Segments, lanes: number): ByteRange[] {
  const list: ByteRange[] = [];
  const next = (): ByteRange | undefined => segments.next(4 * mib, lanes);
  for (let segment = next(); segment; segment = next()) list.push(segment);
  return list;
}

test("every wanted byte is handed out once, in order", () => {
  const wanted = [
    { start: 3, end: 10 * mib },
    { start: 11 * mib, end: 11 * mib + 5 },
  ];
  const list = all(new Segments(wanted), 1);
  expect(list).toEqual([
    { start: 3, end: 3 + 4 * mib },
    { start: 3 + 4 * mib, end: 3 + 8 * mib },
    { start: 3 + 8 * mib, end: 10 * mib },
    { start: 11 * mib, end: 11 * mib + 5 },
  ]);
});

test("segments become shorter towards the end, down to 1 MiB", () => {
  const lengths = all(new Segments([{ start: 0, end: 64 * mib }]), 4).map(
    ({ start, end }) => end - start,
  );
  expect(lengths[0]).toBe(4 * mib);
  expect(lengths.at(-2)).toBe(mib);
  expect(lengths.every((length, index) => index === 0 || length <= (lengths[index - 1] ?? 0))).toBe(
    true,
  );
  expect(lengths.reduce((sum, length) => sum + length)).toBe(64 * mib);
});

test("an empty range is nothing to ask for", () => {
  expect(new Segments([{ start: 5, end: 5 }]).isEmpty).toBe(true);
});

test("what is put back comes next", () => {
  const segments = new Segments([{ start: 0, end: 100 }]);
  expect(segments.next(mib, 2)).toEqual({ start: 0, end: 100 });
  expect(segments.isEmpty).toBe(true);
  segments.putBack({ start: 40, end: 100 });
  segments.putBack({ start: 7, end: 7 });
  expect(segments.next(mib, 2)).toEqual({ start: 40, end: 100 });
  expect(segments.next(mib, 2)).toBeUndefined();
});
