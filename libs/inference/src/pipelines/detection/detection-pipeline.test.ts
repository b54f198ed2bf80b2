import { afterAll, beforeAll, expect, test } from "@jest/globals";
import sharp, { type Sharp } from "sharp";
import type { ModelConfig } from "../../model-config.ts";
import type { ModelInput } from "../../model-input.ts";
import type { Detection, ModelOutput } from "../../prediction.ts";
import { joinFeeds, splitRows } from "../../child/batch.ts";
import { rectangleDetector } from "../demo/rectangle-detector.ts";
import { openPipeline } from "../open-pipeline.ts";
import { testSession, type TestSession } from "../../testing/session.ts";

interface Rectangle {
  readonly class: "red" | "green" | "blue";
  readonly box: Detection["box"];
}

const colours = { red: "#ff0000", green: "#00ff00", blue: "#0000ff" } as const;
const picture = { width: 320, height: 200 };
const scene: readonly Rectangle[] = [
  { class: "red", box: { x1: 16, y1: 24, x2: 112, y2: 96 } },
  { class: "green", box: { x1: 160, y1: 40, x2: 200, y2: 184 } },
  { class: "blue", box: { x1: 224, y1: 16, x2: 304, y2: 64 } },
  { class: "red", box: { x1: 240, y1: 120, x2: 288, y2: 168 } },
];

const draw = (rectangles: readonly Rectangle[], { width, height } = picture): Sharp =>
  sharp({ create: { width, height, channels: 3, background: "#808080" } }).composite(
    rectangles.map(({ class: name, box }) => ({
      input: {
        create: {
          width: box.x2 - box.x1,
          height: box.y2 - box.y1,
          channels: 3 as const,
          background: colours[name],
        },
      },
      left: box.x1,
      top: box.y1,
    })),
  );

let session: TestSession;
beforeAll(async () => {
  session = await testSession(rectangleDetector());
});
afterAll(async () => session.close());

const names = "{0: 'red', 1: 'green', 2: 'blue'}";

async function detect(
  bytes: Uint8Array,
  options: { readonly config?: ModelConfig; readonly resize?: "crop" | "stretch" } = {},
): Promise<Extract<ModelOutput, { kind: "detections" }>> {
  const { config = {}, resize } = options;
  const pipeline = await openPipeline({
    ...session,
    modelMetadata: { names },
    config,
    ...(resize === undefined ? {} : { metadata: { input: { resize } } }),
  });
  const input: ModelInput = { kind: "image", bytes };
  const { feeds, state } = await pipeline.prepare(input);
  const output = pipeline.finish(await session.run(feeds), state, config, input);
  if (output.kind !== "detections") throw new Error(`${output.kind}, not detections`);
  return output;
}

function overlap(a: Detection["box"], b: Detection["box"]): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  const shared = Math.max(0, width) * Math.max(0, height);
  const area = ({ x1, y1, x2, y2 }: Detection["box"]): number => (x2 - x1) * (y2 - y1);
  return shared / (area(a) + area(b) - shared);
}

function expectScene(detections: readonly Detection[], expected = scene): void {
  expect(detections.map((found) => found.class).sort()).toEqual(
    expected.map((rectangle) => rectangle.class).sort(),
  );
  for (const rectangle of expected) {
    const best = detections
      .filter((found) => found.class === rectangle.class)
      .map(({ box }) => overlap(box, rectangle.box));
    expect(Math.max(...best)).toBeGreaterThan(0.8);
  }
}

test("a YOLO-shaped model finds every rectangle, in pixels of the original", async () => {
  for (const bytes of [
    await draw(scene).jpeg({ quality: 95 }).toBuffer(),
    await draw(scene).png().toBuffer(),
    await draw(scene).webp({ quality: 95 }).toBuffer(),
  ]) {
    const output = await detect(bytes);
    expect(output.image).toEqual(picture);
    expectScene(output.detections);
    expect(output.detections.every(({ confidence }) => confidence > 0.9)).toBe(true);
    expect(new Set(output.detections.map(({ classId }) => classId))).toEqual(new Set([0, 1, 2]));
  }
});

test("a picture that lies on its side by EXIF is detected upright", async () => {
  const upright = await draw(scene).png().toBuffer();
  const lying = await sharp(upright).rotate(-90).toBuffer();
  const bytes = await sharp(lying)
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 95 })
    .toBuffer();
  expect((await sharp(bytes).metadata()).height).toBe(picture.width);
  const output = await detect(bytes);
  expect(output.image).toEqual(picture);
  expectScene(output.detections);
});

test("stretched and cropped pictures have their boxes in the right place too", async () => {
  const bytes = await draw(scene).png().toBuffer();
  expectScene((await detect(bytes, { resize: "stretch" })).detections);
  // The middle 200 of 320 pixels: only the green one lies wholly in them.
  const cropped = await detect(bytes, { resize: "crop" });
  const green = scene.filter((rectangle) => rectangle.class === "green");
  expectScene(
    cropped.detections.filter((found) => found.class === "green"),
    green,
  );
});

test("transparent parts are black, and greyscale is taken", async () => {
  const { data, info } = await draw(scene)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const clear = await sharp(data, { raw: info }).ensureAlpha(0).png().toBuffer();
  expect((await detect(clear)).detections).toEqual([]);
  const grey = await sharp(await draw(scene).png().toBuffer())
    .greyscale()
    .jpeg()
    .toBuffer();
  expect((await detect(grey)).detections).toEqual([]);
});

test("labels and thresholds are those of the configuration at the time of the answer", async () => {
  const bytes = await draw(scene).png().toBuffer();
  const renamed = await detect(bytes, { config: { labels: ["bird", "drone", "cow"] } });
  expect(new Set(renamed.detections.map((found) => found.class))).toEqual(
    new Set(["bird", "drone", "cow"]),
  );
  const only = await detect(bytes, {
    config: { confidence_threshold: 1.1, class_thresholds: { green: 0.5 } },
  });
  expect(only.detections.map((found) => found.class)).toEqual(["green"]);
});

test("a request's own confidence wins over the configured thresholds", async () => {
  const bytes = await draw(scene).png().toBuffer();
  const config = { confidence_threshold: 1.1, class_thresholds: { green: 1.1 } };
  const pipeline = await openPipeline({ ...session, modelMetadata: {}, config });
  const input: ModelInput = { kind: "image", bytes, confidence: 0.1 };
  const { feeds, state } = await pipeline.prepare(input);
  const output = pipeline.finish(await session.run(feeds), state, config, input);
  expect(output).toMatchObject({ kind: "detections" });
  if (output.kind === "detections") {
    expect(output.detections.map((found) => found.class).sort()).toEqual(["0", "0", "1", "2"]);
  }
});

test("an input of any size, of bytes, with the channels last, takes what the file or the metadata say", async () => {
  const bytes = await draw(scene).png().toBuffer();
  const outputs = [{ name: "output0", type: "FP32", shape: [1, 7, -1] }] as const;
  const feed = async (
    shape: readonly number[],
    type: "FP32" | "UINT8",
    modelMetadata: Readonly<Record<string, string>>,
  ): Promise<readonly [readonly number[], number]> => {
    const inputs = [{ name: "images", type, shape }];
    const pipeline = await openPipeline({ inputs, outputs, modelMetadata, config: {} });
    const { feeds } = await pipeline.prepare({ kind: "image", bytes });
    return [feeds[0]?.shape ?? [], feeds[0]?.data.length ?? 0];
  };
  const open = [-1, 3, -1, -1];
  expect(await feed(open, "FP32", {})).toEqual([[1, 3, 640, 640], 640 * 640 * 12]);
  expect(await feed(open, "FP32", { imgsz: "[96, 160]" })).toEqual([
    [1, 3, 96, 160],
    96 * 160 * 12,
  ]);
  expect(await feed([1, 64, 80, 3], "UINT8", {})).toEqual([[1, 64, 80, 3], 64 * 80 * 3]);
});

test("pictures that run together get each its own boxes", async () => {
  const [red, others] = [scene.slice(0, 1), scene.slice(1)];
  const pipeline = await openPipeline({ ...session, modelMetadata: { names }, config: {} });
  const inputs = await Promise.all(
    [red, others].map(async (rectangles): Promise<ModelInput> => {
      return { kind: "image", bytes: await draw(rectangles).png().toBuffer() };
    }),
  );
  const prepared = await Promise.all(inputs.map((input) => pipeline.prepare(input)));
  const outputs = await session.run(joinFeeds(prepared.map(({ feeds }) => feeds)));
  expect(outputs[0]?.shape[0]).toBe(2);
  for (const [index, part] of splitRows(outputs, [1, 1]).entries()) {
    const input = inputs[index] as ModelInput;
    const output = pipeline.finish(part, prepared[index]?.state, {}, input);
    if (output.kind !== "detections") throw new Error(`${output.kind}, not detections`);
    expectScene(output.detections, index === 0 ? red : others);
  }
});
