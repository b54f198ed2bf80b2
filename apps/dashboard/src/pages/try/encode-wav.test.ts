import { expect, test } from "@jest/globals";
import { encodeWav } from "./encode-wav.ts";

test("the header says what follows, and samples beyond the range are clipped", () => {
  const view = new DataView(encodeWav(new Float32Array([0, 1, -1, 2]), 16_000));
  const text = (at: number, length: number): string =>
    String.fromCharCode(...new Uint8Array(view.buffer, at, length));
  expect(text(0, 4) + text(8, 8) + text(36, 4)).toBe("RIFFWAVEfmt data");
  expect(view.getUint32(4, true)).toBe(view.byteLength - 8);
  expect(view.getUint32(24, true)).toBe(16_000);
  expect(view.getUint32(40, true)).toBe(8);
  const samples = [44, 46, 48, 50].map((at) => view.getInt16(at, true));
  expect(samples).toEqual([0, 32_767, -32_767, 32_767]);
});
