import { expect, test } from "@jest/globals";
import { checkSample } from "./check-sample.ts";
import { tone, wave } from "../testing/sounds.ts";

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part),
    ),
  );

/** STREAMINFO with 20 bits of rate and 36 of samples. */
function flac(rate: number, samples: number): Uint8Array {
  const head = Buffer.alloc(42);
  head.write("fLaC", 0, "latin1");
  head.writeUInt32BE(rate << 12, 18);
  head.writeUInt32BE(samples, 22);
  return head;
}

function ogg(rate: number, samples: number): Uint8Array {
  const page = (granule: number, body: Buffer): Buffer => {
    const head = Buffer.alloc(28);
    head.write("OggS", 0, "latin1");
    head.writeBigInt64LE(BigInt(granule), 6);
    return Buffer.concat([head, body]);
  };
  const vorbis = Buffer.alloc(30);
  vorbis.write("\x01vorbis", 0, "latin1");
  vorbis.writeUInt32LE(rate, 12);
  return Buffer.concat([page(0, vorbis), page(samples, Buffer.alloc(10))]);
}

test.each([
  ["WAVE", tone(440, 0, 0.5), "wav", 0.5],
  ["FLAC", flac(16_000, 32_000), "flac", 2],
  ["Ogg Vorbis", ogg(44_100, 88_200), "ogg", 2],
  ["MP3 at 128 kbit/s", bytes([0xff, 0xfb, 0x90, 0], "\0".repeat(15_996)), "mp3", 1],
])("%s: its kind and length by its own headers", (_, sample, extension, seconds) => {
  const checked = checkSample(sample, "x");
  expect(checked.type.extension).toBe(extension);
  expect(checked.seconds).toBeCloseTo(seconds, 3);
});

test.each([
  ["PNG", bytes("\x89PNG\r\n\x1a\n", [0, 0, 0, 13], "IHDR", [0, 0, 0, 40, 0, 0, 0, 30]), "png"],
  ["JPEG", bytes([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 30, 0, 40, 1, 1, 0x11, 0]), "jpg"],
  [
    "WebP",
    bytes("RIFF", [30, 0, 0, 0], "WEBPVP8X", [10, 0, 0, 0, 0, 0, 0, 0, 39, 0, 0, 29, 0, 0]),
    "webp",
  ],
])("%s: a picture by its header", (_, sample, extension) => {
  expect(checkSample(sample, "x").type).toMatchObject({ kind: "image", extension });
  expect(() => checkSample(sample, "x", { maxPixels: 1000 })).toThrow(/x: has 1200 pixels/);
});

test("text is UTF-8 without controls", () => {
  expect(checkSample(Buffer.from("Grüße, 世界\n"), "x").type.kind).toBe("text");
  expect(() => checkSample(Buffer.from([0x47, 0xfc, 0x62]), "x")).toThrow(/x: its content is no/);
  expect(() => checkSample(Buffer.from("a\u0000b"), "x")).toThrow(/x: its content is no/);
});

test.each([
  ["a cut header", tone(440).subarray(0, 30)],
  ["a WAVE without sound", wave(0, () => 0)],
  ["a picture without a size", bytes([0xff, 0xd8, 0xff, 0xd9])],
])("%s is refused by name", (_, sample) => {
  expect(() => checkSample(sample, "bad one")).toThrow(
    expect.objectContaining({ code: "E_INPUT", message: expect.stringMatching(/^bad one: /) }),
  );
});
