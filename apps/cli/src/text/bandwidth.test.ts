import { expect, test } from "@jest/globals";
import { bandwidthText, defaultBandwidth, parseBandwidth } from "./bandwidth.ts";

test.each([
  ["100Mbit", 100e6],
  ["1.5Gbit", 1.5e9],
  ["500kbit", 500e3],
  ["20mbit/s", 20e6],
])("%s is %d bits a second", (text, bits) => {
  expect(parseBandwidth(text)).toBe(bits);
});

test.each(["", "100", "0Mbit", "100MB", "-1Mbit", "1e3Mbit", "fast"])(
  "%j is no bandwidth: the message says how one is written",
  (text) => {
    expect(() => parseBandwidth(text)).toThrow(`--bandwidth "${text}": a bandwidth is written`);
  },
);

test.each([
  [parseBandwidth(defaultBandwidth), "100 Mbit/s"],
  [1.5e9, "1.5 Gbit/s"],
  [500e3, "500 kbit/s"],
])("%d reads %s", (bits, text) => {
  expect(bandwidthText(bits)).toBe(text);
});
