const at = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Width times height as a picture's own header says, without decoding it; undefined where it does not say. */
export function picturePixels(bytes: Uint8Array, extension: string): number | undefined {
  if (extension === "png") {
    return bytes.length < 24 ? undefined : at(bytes).getUint32(16) * at(bytes).getUint32(20);
  }
  if (extension === "webp") return webpPixels(bytes);
  return extension === "jpg" ? jpegPixels(bytes) : undefined;
}

/** ITU-T T.81, annex B.2.2: the frame header (SOF) of any process but DHT, JPG and DAC, which share its range. */
function jpegPixels(bytes: Uint8Array): number | undefined {
  const view = at(bytes);
  for (let offset = 2; offset + 9 <= bytes.length;) {
    if (bytes[offset] !== 0xff) return undefined;
    const marker = bytes[offset + 1] ?? 0;
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return view.getUint16(offset + 5) * view.getUint16(offset + 7);
    offset += 2 + view.getUint16(offset + 2);
  }
  return undefined;
}

/** RFC 9649, sections 2.5 to 2.7. */
function webpPixels(bytes: Uint8Array): number | undefined {
  if (bytes.length < 30) return undefined;
  const view = at(bytes);
  const chunk = String.fromCharCode(...bytes.subarray(12, 16));
  if (chunk === "VP8X") {
    const side = (offset: number): number =>
      1 + view.getUint16(offset, true) + view.getUint8(offset + 2) * 65_536;
    return side(24) * side(27);
  }
  if (chunk === "VP8L") {
    const bits = view.getUint32(21, true);
    return ((bits & 0x3fff) + 1) * (((bits >>> 14) & 0x3fff) + 1);
  }
  if (chunk !== "VP8 ") return undefined;
  return (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff);
}
