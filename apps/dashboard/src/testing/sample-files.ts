import { deflateSync, crc32 } from "node:zlib";

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

/** A PNG of a given size: sea and sky, so that boxes over it can be judged by eye. */
export function samplePng(width: number, height: number): Uint8Array {
  const raw = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    const sea = y > height * 0.55;
    for (let x = 0; x < width; x += 1) {
      const wave = Math.sin(x / 17 + y / 5) * 9;
      const hull = x > width * 0.1 && x < width * 0.5 && y > height * 0.45 && y < height * 0.8;
      const colour = hull ? [70, 74, 84] : sea ? [36, 92 + wave, 122 + wave] : [172, 200, 216];
      raw.set(colour.map(Math.round), y * (1 + width * 3) + 1 + x * 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A WAV (16 bit, mono, 16 kHz) with a tone that swells and fades. */
export function sampleWav(seconds: number, hertz: number): Uint8Array {
  const rate = 16_000;
  const count = Math.round(seconds * rate);
  const file = Buffer.alloc(44 + count * 2);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(36 + count * 2, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(count * 2, 40);
  for (let index = 0; index < count; index += 1) {
    const swell = Math.sin((index / count) * Math.PI) * (0.6 + 0.4 * Math.sin(index / 900));
    const value = Math.sin((index / rate) * hertz * 2 * Math.PI) * swell * 0.8;
    file.writeInt16LE(Math.round(value * 32_000), 44 + index * 2);
  }
  return file;
}
