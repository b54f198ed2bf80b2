/** Samples per second as the header of a WAV file says, or undefined for anything else. Format: RIFF, chunk `fmt `. */
export function wavRate(file: ArrayBuffer): number | undefined {
  const view = new DataView(file);
  const text = (at: number): string =>
    String.fromCharCode(...new Uint8Array(file, at, Math.min(4, file.byteLength - at)));
  if (file.byteLength < 44 || text(0) !== "RIFF" || text(8) !== "WAVE") return undefined;
  for (let at = 12; at + 16 <= file.byteLength; at += 8 + view.getUint32(at + 4, true)) {
    if (text(at) === "fmt ") return view.getUint32(at + 12, true);
  }
  return undefined;
}
