import { expect, test } from "@jest/globals";
import sharp from "sharp";
import { tensorValues } from "../pipelines/tensor-values.ts";
import { decodePicture } from "./decode-picture.ts";
import { fitPicture } from "./fit-picture.ts";
import { fitPictureSize } from "./picture-fit.ts";
import { readPictureHeader } from "./picture-header.ts";
import { pictureTensor } from "./picture-tensor.ts";

const size = { width: 50, height: 30 };
const solid = (background: string): ReturnType<typeof sharp> =>
  sharp({ create: { ...size, channels: 3, background } });
const code = (name: string): unknown => expect.objectContaining({ code: name });

test("headers of JPEG, PNG and all three kinds of WebP give the size", async () => {
  const clear = sharp({ create: { ...size, channels: 4, background: "#ff000080" } });
  expect(readPictureHeader(await solid("red").jpeg().toBuffer())).toEqual({
    format: "jpeg",
    ...size,
  });
  expect(readPictureHeader(await solid("red").jpeg({ progressive: true }).toBuffer())).toEqual({
    format: "jpeg",
    ...size,
  });
  expect(readPictureHeader(await solid("red").png().toBuffer())).toEqual({
    format: "png",
    ...size,
  });
  for (const picture of [
    solid("red").webp(),
    solid("red").webp({ lossless: true }),
    clear.webp({ quality: 50 }),
  ]) {
    expect(readPictureHeader(await picture.toBuffer())).toEqual({ format: "webp", ...size });
  }
});

test("V10: SVG, GIF, zip, gzip, PDF, TIFF, text and an animated WebP are of another kind", async () => {
  const stills = [await solid("red").png().toBuffer(), await solid("blue").png().toBuffer()];
  const frames = await sharp(stills, { join: { animated: true } })
    .webp()
    .toBuffer();
  const files: readonly Uint8Array[] = [
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
    await solid("red").gif().toBuffer(),
    Buffer.from("PK\u0003\u0004 a zip"),
    Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]),
    Buffer.from("%PDF-1.7"),
    await solid("red").tiff().toBuffer(),
    Buffer.from("no picture"),
    new Uint8Array(0),
    frames,
  ];
  for (const bytes of files) {
    await expect(decodePicture(bytes)).rejects.toThrow(code("E_MEDIA") as Error);
  }
});

test("V9: a PNG of 14,000 x 14,000 pixels is refused by its header", async () => {
  const bomb = await solid("red").png().toBuffer();
  new DataView(bomb.buffer, bomb.byteOffset).setUint32(16, 14_000);
  new DataView(bomb.buffer, bomb.byteOffset).setUint32(20, 14_000);
  await expect(decodePicture(bomb)).rejects.toThrow("14000 x 14000 pixels; at most 25000000");
  await expect(decodePicture(bomb)).rejects.toThrow(code("E_INPUT") as Error);
});

test("what is cut off or damaged cannot be used", async () => {
  const jpeg = await solid("red").jpeg().toBuffer();
  const png = await solid("red").png().toBuffer();
  for (const bytes of [
    jpeg.subarray(0, 4),
    jpeg.subarray(0, jpeg.length - 100),
    png.subarray(0, 12),
    png.subarray(0, png.length - 30),
  ]) {
    await expect(decodePicture(bytes)).rejects.toThrow(code("E_INPUT") as Error);
  }
});

test("pixels are red, green, blue from the top left; 16 bits, grey and transparency are brought to that", async () => {
  const rgb = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30);
  const source = sharp(rgb, { raw: { width: 2, height: 2, channels: 3 } });
  expect(await decodePicture(await source.clone().png().toBuffer())).toEqual({
    width: 2,
    height: 2,
    rgb: Buffer.from(rgb),
  });
  const wide = await source.clone().toColourspace("rgb16").png().toBuffer();
  expect([...(await decodePicture(wide)).rgb]).toEqual([...rgb]);
  const grey = await solid("#404040").greyscale().png().toBuffer();
  expect([...(await decodePicture(grey)).rgb.subarray(0, 3)]).toEqual([64, 64, 64]);
  const clear = sharp({ create: { ...size, channels: 4, background: "#ff000000" } });
  expect([...(await decodePicture(await clear.png().toBuffer())).rgb.subarray(0, 3)]).toEqual([
    0, 0, 0,
  ]);
});

test("letterbox keeps proportions and pads evenly with grey", async () => {
  const fitted = await fitPicture(await solid("#ffffff").png().toBuffer(), {
    width: 100,
    height: 100,
    resize: "letterbox",
  });
  expect(fitted.fit).toEqual({
    scaleX: 2,
    scaleY: 2,
    offsetX: 0,
    offsetY: 20,
    width: 100,
    height: 60,
  });
  const red = (x: number, y: number): number | undefined => fitted.rgb[(y * 100 + x) * 3];
  expect([red(0, 19), red(0, 20), red(99, 79), red(99, 80)]).toEqual([114, 255, 255, 114]);
});

test("an extreme picture still has a pixel", () => {
  const fit = fitPictureSize({ width: 10_000, height: 1 }, { width: 64, height: 64 }, "letterbox");
  expect([fit.width, fit.height]).toEqual([64, 1]);
});

test("layout, range, mean and deviation", () => {
  const picture = { width: 2, height: 1, rgb: Uint8Array.of(0, 51, 255, 255, 102, 0) };
  const values = (options: object): number[] =>
    [...tensorValues(pictureTensor(picture, { name: "x", ...options }))].map(
      (value) => Math.round(value * 1000) / 1000,
    );
  expect(values({})).toEqual([0, 1, 0.2, 0.4, 1, 0]);
  expect(values({ layout: "NHWC" })).toEqual([0, 0.2, 1, 1, 0.4, 0]);
  expect(values({ range: [-1, 1] })).toEqual([-1, 1, -0.6, -0.2, 1, -1]);
  expect(values({ mean: [0.5, 0.2, 0], std: [0.5, 0.1, 2] })).toEqual([-1, 1, 0, 2, 0.5, 0]);
  expect(values({ type: "UINT8", layout: "NHWC" })).toEqual([0, 51, 255, 255, 102, 0]);
  expect(values({ type: "FP16" })).toEqual([0, 1, 0.2, 0.4, 1, 0]);
  expect(values({ channels: 1, type: "UINT8" })).toEqual([59, 136]);
  expect(pictureTensor(picture, { name: "x" }).shape).toEqual([1, 3, 1, 2]);
  expect(pictureTensor(picture, { name: "x", layout: "NHWC" }).shape).toEqual([1, 1, 2, 3]);
});
