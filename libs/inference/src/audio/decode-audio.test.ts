import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import type { AudioClip } from "./audio-clip.ts";
import { decodeAudio } from "./decode-audio.ts";
import { wav, type WavOptions } from "./fixture/wav.ts";

const refused = (code: string, message = ""): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });
const samples = [0, 0.5, -0.5, 0.25, -1, 0.75];

test("PCM of 8 to 32 bits, floats and the extensible form give the same samples", async () => {
  const forms: readonly WavOptions[] = [
    { bits: 8 },
    { bits: 16 },
    { bits: 24 },
    { bits: 32 },
    { bits: 32, float: true },
    { bits: 64, float: true },
    { bits: 24, extensible: true },
    { bits: 32, float: true, extensible: true },
  ];
  for (const form of forms) {
    const clip = await decodeAudio(wav([samples], { ...form, sampleRate: 22_050 }));
    expect(clip.sampleRate).toBe(22_050);
    expect([...clip.samples]).toEqual(samples);
  }
});

test("channels are averaged, other chunks are passed over, a data chunk of an endless recording ends with the file", async () => {
  const other = samples.map(() => 0);
  const stereo = await decodeAudio(wav([samples, other], { bits: 16 }));
  expect([...stereo.samples]).toEqual(samples.map((value) => value / 2));
  const listed = wav([samples], { bits: 16, before: "LIST", dataLength: 0xffff_ffff });
  expect([...(await decodeAudio(listed)).samples]).toEqual(samples);
  const empty = wav([samples], { bits: 16, dataLength: 0 });
  expect([...(await decodeAudio(empty)).samples]).toEqual(samples);
});

test("WAV files that lie are refused", async () => {
  const good = wav([samples], { bits: 16 });
  const patched = (at: number, value: number): Uint8Array => {
    const copy = good.slice();
    new DataView(copy.buffer).setUint16(at, value, true);
    return copy;
  };
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [good.subarray(0, 30), "cut off"],
    [good.subarray(0, 36), "no samples in it"],
    [good.subarray(0, 44), "empty"],
    [patched(20, 6), "encoding 6 with 16 bits"],
    [patched(34, 12), "encoding 1 with 12 bits"],
    [patched(32, 3), "blocks of 3 bytes"],
    [patched(22, 0), "blocks of 2 bytes"],
    [patched(24, 10), "sample rate"],
    [wav([[NaN]], { bits: 32, float: true }), "not finite"],
    [wav([[Infinity]], { bits: 64, float: true }), "not finite"],
    [wav([[1e300]], { bits: 64, float: true }), "not finite"],
  ];
  for (const [bytes, message] of cases) {
    await expect(decodeAudio(bytes)).rejects.toEqual(refused("E_INPUT", message));
  }
});

test("what is no sound is of another kind", async () => {
  for (const text of [
    "",
    "RIFF....AVI LIST",
    "OggS............OpusHead",
    "\u0000\u0000\u0000\u0020ftypM4A ",
  ]) {
    await expect(decodeAudio(Buffer.from(text, "latin1"))).rejects.toEqual(refused("E_MEDIA"));
  }
});

test("sounds beyond the limits are refused before they are decoded whole", async () => {
  const long = wav([new Array<number>(16_000).fill(0)], { bits: 8, sampleRate: 8000 });
  await expect(decodeAudio(long, { maxSeconds: 1 })).rejects.toEqual(
    refused("E_INPUT", "longer than 1 seconds"),
  );
  await expect(decodeAudio(long, { maxBytes: 1000 })).rejects.toEqual(
    refused("E_INPUT", "at most 1000"),
  );
  for (const name of ["tone.mp3", "tone.flac", "tone.ogg"]) {
    await expect(decodeAudio(await fixture(name), { maxSeconds: 0.1 })).rejects.toEqual(
      refused("E_INPUT", "longer than"),
    );
  }
});

const fixture = (name: string): Promise<Uint8Array> =>
  readFile(new URL(`fixture/${name}`, import.meta.url));

/** Crossings of zero upwards in a second, and the loudest sample, away from the ends. */
function listen({ samples: all, sampleRate }: AudioClip): { hertz: number; peak: number } {
  const middle = all.subarray(sampleRate / 10, (sampleRate * 3) / 10);
  let crossings = 0;
  let peak = 0;
  middle.forEach((value, index) => {
    if (value >= 0 && (middle[index - 1] ?? 0) < 0) crossings += 1;
    peak = Math.max(peak, Math.abs(value));
  });
  return { hertz: (crossings / middle.length) * sampleRate, peak };
}

// Four tenths of a second of 1,000 Hz, 22,050 Hz, half as loud as can be, on the left of two channels.
for (const name of ["tone.mp3", "tone.flac", "tone.ogg"]) {
  test(`${name} is decoded to one channel`, async () => {
    const clip = await decodeAudio(await fixture(name));
    expect(clip.sampleRate).toBe(22_050);
    expect(clip.samples.length).toBeGreaterThanOrEqual(8000);
    expect(clip.samples.length).toBeLessThanOrEqual(12_000);
    const { hertz, peak } = listen(clip);
    expect(Math.abs(hertz - 1000)).toBeLessThan(10);
    expect(Math.abs(peak - 0.25)).toBeLessThan(0.03);
  });
}

test("damaged compressed sounds end in an error, not in a hang", async () => {
  for (const name of ["tone.mp3", "tone.flac", "tone.ogg"]) {
    const bytes = (await fixture(name)).slice(0, 60);
    await expect(decodeAudio(bytes)).rejects.toEqual(refused("E_INPUT"));
  }
});

test("of a sound that is damaged all over, nothing is taken", async () => {
  const noise = Buffer.alloc(100_000);
  let state = 1;
  for (let index = 0; index < noise.length; index += 1) {
    state = Math.imul(state, 1_103_515_245) + 12_345;
    noise[index] = state >>> 16;
  }
  const bytes = Buffer.concat([(await fixture("tone.flac")).slice(0, 42), noise]);
  await expect(decodeAudio(bytes)).rejects.toEqual(refused("E_INPUT"));
});
