import { expect, test } from "@jest/globals";
import { readPictureHeader } from "./picture-header.ts";

const refused = (bytes: Uint8Array): unknown => {
  try {
    return readPictureHeader(bytes);
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
};

test("V9: width and height of JPEG and WebP by their headers", () => {
  const jpeg = Buffer.alloc(64);
  jpeg.set([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 17, 8, 0x36, 0xb0, 0x12, 0x34]);
  expect(readPictureHeader(jpeg)).toEqual({ format: "jpeg", width: 0x1234, height: 0x36b0 });
  const webp = Buffer.alloc(64);
  webp.write("RIFF\0\0\0\0WEBPVP8X", "latin1");
  webp.writeUIntLE(999, 24, 3);
  webp.writeUIntLE(499, 27, 3);
  expect(readPictureHeader(webp)).toEqual({ format: "webp", width: 1000, height: 500 });
  webp.write("VP8L", 12, "latin1");
  webp.writeUInt32LE((99 | (49 << 14)) >>> 0, 21);
  expect(readPictureHeader(webp)).toEqual({ format: "webp", width: 100, height: 50 });
});

test("V10: a cut header, an animation and what is no picture are refused, each with its code", () => {
  const webp = Buffer.alloc(64);
  webp.write("RIFF\0\0\0\0WEBPVP8X\0\0\0\0\x02", "latin1");
  expect(refused(webp)).toBe("E_MEDIA");
  expect(refused(webp.subarray(0, 14))).toBe("E_INPUT");
  expect(refused(Buffer.from("RIFF"))).toBe("E_MEDIA");
});
