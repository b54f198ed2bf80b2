import { expect, test } from "@jest/globals";
import { encodeWav } from "./encode-wav.ts";
import { wavRate } from "./wav-rate.ts";

test("the rate stands in the header; other chunks may come before it; other files have none", () => {
  const wav = encodeWav(new Float32Array(8), 16_000);
  expect(wavRate(wav)).toBe(16_000);
  const whole = new Uint8Array(wav);
  const before = [...new TextEncoder().encode("LIST"), 2, 0, 0, 0, 65, 66];
  const listed = Uint8Array.from([...whole.subarray(0, 12), ...before, ...whole.subarray(12)]);
  expect(wavRate(listed.buffer)).toBe(16_000);
  expect(wavRate(new TextEncoder().encode("ID3".padEnd(60, "x")).buffer)).toBeUndefined();
  expect(wavRate(new ArrayBuffer(3))).toBeUndefined();
});
