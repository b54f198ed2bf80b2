import { rectangleDetector } from "@plimsoll/inference";
import { madeSound } from "@plimsoll/testing";
import type { PageSettings } from "./run-page.ts";

const publish = (model: string, release: string, more = ""): string =>
  `plimsoll publish weights --to s3://my-bucket --model ${model} --release ${release} ${more}`;
const yolo = (release: string, more?: string): string => publish("yolov8m", release, more);
const detector = (): Uint8Array => rectangleDetector({ size: 64 });

/** 104 sounds of two classes, below `prefix`. */
const sounds = (prefix: string): Readonly<Record<string, Uint8Array>> =>
  Object.fromEntries(
    Array.from({ length: 104 }, (_, seed) => {
      const name = seed % 2 === 0 ? "alarm" : "engine";
      const key = `${prefix}/${name}/${seed}.wav`;
      return [key, madeSound(name, seed, { seconds: 1 })];
    }),
  );

const served = [
  "export ADMIN_TOKEN=$(openssl rand -hex 32) API_KEY=$(openssl rand -hex 24)",
  "export MODEL_STORE=s3://my-bucket",
  "plimsoll serve",
] as const;

/** What a page needs besides the project that every page has. */
export const pageSettings: Readonly<Record<string, PageSettings>> = {
  "README.md": {
    project: "classifier",
    before: [
      "git init -q",
      "plimsoll publish detector --to s3://my-bucket --release v2.0.0 --channel production",
      "plimsoll publish detector --to s3://my-bucket --release v2.1.0",
    ],
    files: { '"publish": {': "plimsoll.config.json" },
  },
  "docs/how-to/docker.md": {
    replace: [["cd dist/image && HOST=0.0.0.0 node", "stood_in node"]],
  },
  "docs/how-to/check-before-deploying.md": {
    before: [
      yolo("v1.0.0"),
      "plimsoll bucket setup s3://my-bucket --public --cors https://app.my-site.net --yes",
      "git init -q",
      "git add weights/manifest.json",
      "git commit -q -m weights",
    ],
  },
  "docs/how-to/keep-a-bucket-tidy.md": {
    before: [
      "plimsoll publish weights --to s3://my-weights --model yolov8m --release v2.0.0",
      "plimsoll publish weights --to s3://atlas-models --model yolov8m --release v2.0.0",
    ],
  },
  "docs/how-to/private-downloads.md": { before: [yolo("v1.2.0")] },
  "docs/how-to/promote-and-roll-back.md": { before: [yolo("v1.1.0", "--channel production")] },
  "docs/how-to/railway.md": {
    before: [
      "export ADMIN_TOKEN=$(openssl rand -hex 32) MODEL_STORE=s3://atlas-models",
      "plimsoll serve",
    ],
  },
  "docs/how-to/render.md": {
    project: "classifier",
    before: [publish("custom_cnn", "v1.0.0", "--channel production"), ...served],
  },
  "docs/how-to/replace-a-model-while-serving.md": {
    before: [yolo("v2.0.0", "--channel production"), yolo("v2.1.0")],
  },
  "docs/how-to/retrain-a-model.md": {
    objects: () => sounds("old-bucket/extracted_audio"),
    nightly: true,
    files: { '"train": {': "plimsoll.config.json" },
    before: served,
  },
  "docs/how-to/sign-releases.md": {
    before: [yolo("v1.1.0"), "export PLIMSOLL_SIGNING_PASSPHRASE=correct-horse"],
  },
  "docs/how-to/store-http.md": {
    before: [
      "plimsoll publish weights --to ./site --model my_model --release v1.0.0 --public-url https://models.example.com",
      "mkdir site/weights",
      "cp weights/manifest.json site/weights",
    ],
  },
  "docs/migration/audio-on-render.md": {
    objects: () => sounds("ecosight-training-data/extracted_audio"),
    nightly: true,
  },
  "docs/migration/hot-reload-on-railway.md": {
    objects: () => ({
      "atlas-models/models/yolov8m/latest/yolov8m.onnx": detector(),
      "atlas-models/models/yolov8m/v2.0.0/yolov8m.onnx": detector(),
    }),
  },
  "docs/how-to/sync-in-an-app.md": { before: [yolo("v1.0.0", "--channel production")] },
  "docs/how-to/update-and-repair.md": {
    before: [
      yolo("v1.0.0"),
      "mkdir -p runs/7",
      "cp weights/yolov8m.onnx weights/best.onnx",
      "cp weights/best.onnx runs/7/",
      yolo("v1.1.0"),
    ],
  },
  "docs/migration/manifest-and-sync-script.md": {
    before: [
      "plimsoll publish weights --to github://you/FalconEye-Detect --release v1.0.0",
      "git init -q",
    ],
  },
  "docs/operations.md": {
    before: [
      yolo("v1.1.0", "--channel production"),
      yolo("v1.2.0", "--channel production"),
      "plimsoll bucket setup s3://my-bucket --public --yes",
      ...served,
    ],
  },
  "docs/tutorial.md": { project: "none" },
};
