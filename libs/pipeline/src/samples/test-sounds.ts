/** A WAVE file of 16-bit mono samples, for tests: values from -1 to 1 by sample number. */
export function wave(seconds: number, value: (index: number) => number, rate = 16_000): Uint8Array {
  const count = Math.round(seconds * rate);
  const bytes = Buffer.alloc(44 + count * 2);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(36 + count * 2, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(count * 2, 40);
  for (let index = 0; index < count; index++) {
    bytes.writeInt16LE(
      Math.round(Math.max(-1, Math.min(1, value(index))) * 32_767),
      44 + index * 2,
    );
  }
  return new Uint8Array(bytes);
}

/** A tone of some hertz, a little different for every `variant`. */
export function tone(hertz: number, variant = 0, seconds = 0.5): Uint8Array {
  const phase = variant * 0.7;
  const level = 0.3 + (variant % 7) * 0.05;
  return wave(
    seconds,
    (index) =>
      level * Math.sin((2 * Math.PI * (hertz + (variant % 5)) * index) / 16_000 + phase) +
      0.01 * Math.sin(index * (variant + 1)),
  );
}
