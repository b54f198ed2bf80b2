import type { Page } from "playwright-core";
import { type ContractState, contractState } from "../testing/contract-state.ts";
import { samplePng, sampleWav } from "../testing/sample-files.ts";
import { busyState } from "./busy-state.ts";
import { manyModels } from "./many-models.ts";

/** One page in one state, to be looked at. */
export interface Scene {
  readonly name: string;
  readonly hash: string;
  readonly state?: (now: number) => ContractState;
  /** Without the admin token. */
  readonly locked?: boolean;
  /** What is done before the picture is taken. */
  readonly prepare?: (page: Page) => Promise<void>;
}

const picture = {
  name: "pier-4.png",
  mimeType: "image/png",
  buffer: Buffer.from(samplePng(960, 540)),
};
const sound = { name: "engine.wav", mimeType: "audio/wav", buffer: Buffer.from(sampleWav(2, 220)) };

const choose = async (page: Page, file: typeof picture | (typeof picture)[]): Promise<void> => {
  await page.locator('input[type="file"]').setInputFiles(file);
};

const empty = (now: number): ContractState => ({
  ...contractState(now),
  models: new Map(),
  datasets: new Map(),
});

/** Every page, in every state that looks different. */
export const scenes: readonly Scene[] = [
  { name: "models", hash: "#/models" },
  { name: "models-locked", hash: "#/models", locked: true },
  { name: "models-empty", hash: "#/models", state: empty },
  { name: "models-200", hash: "#/models", state: manyModels },
  { name: "model", hash: "#/models/harbour-objects", state: busyState },
  {
    name: "model-card",
    hash: "#/models/harbour-objects",
    prepare: (page) => page.getByRole("tab", { name: "Model card" }).click(),
  },
  {
    name: "model-metadata",
    hash: "#/models/harbour-objects",
    prepare: (page) => page.getByRole("tab", { name: "Metadata" }).click(),
  },
  {
    name: "promote-preview",
    hash: "#/models/engine-sounds",
    async prepare(page) {
      await page.getByRole("button", { name: "Promote…" }).click();
      await page.getByRole("button", { name: "Show what will happen" }).click();
      await page.getByText("This will happen").waitFor();
    },
  },
  {
    name: "rollback",
    hash: "#/models/engine-sounds",
    prepare: (page) => page.getByRole("button", { name: "Roll back…" }).click(),
  },
  {
    name: "reload",
    hash: "#/models/engine-sounds",
    prepare: (page) => page.getByRole("button", { name: "Reload…" }).click(),
  },
  {
    name: "retrain",
    hash: "#/training/engine-sounds",
    async prepare(page) {
      await page.getByRole("button", { name: "Start a retraining…" }).click();
      await page.getByRole("button", { name: "Show what will happen" }).click();
      await page.getByText("This will happen").waitFor();
    },
  },
  {
    name: "try-camera-refused",
    hash: "#/try/harbour-objects",
    async prepare(page) {
      await page.getByRole("button", { name: "Camera" }).click();
      await page.getByText("No camera", { exact: true }).waitFor();
    },
  },
  {
    name: "canary",
    hash: "#/models/engine-sounds",
    prepare: (page) => page.getByRole("button", { name: "Canary…" }).click(),
  },
  {
    name: "settings",
    hash: "#/models/harbour-objects",
    prepare: (page) => page.getByRole("button", { name: "Thresholds and labels…" }).click(),
  },
  {
    name: "unlock",
    hash: "#/models",
    locked: true,
    prepare: (page) => page.getByRole("button", { name: "Unlock with the admin token" }).click(),
  },
  { name: "try", hash: "#/try/harbour-objects" },
  {
    name: "try-boxes",
    hash: "#/try/harbour-objects",
    async prepare(page) {
      await choose(page, picture);
      await page.getByText("answered by").waitFor();
    },
  },
  {
    name: "try-compare",
    hash: "#/try/harbour-objects",
    async prepare(page) {
      await page.getByLabel("Compare with").selectOption("v2.0.0");
      await choose(page, picture);
      await page.getByText("answered by").nth(1).waitFor();
    },
  },
  {
    name: "try-sound",
    hash: "#/try/engine-sounds",
    async prepare(page) {
      await choose(page, sound);
      await page.getByText("answered by").waitFor();
      await page.getByText("Hz").waitFor();
    },
  },
  {
    name: "try-text",
    hash: "#/try/radio-messages",
    async prepare(page) {
      await page.getByRole("textbox", { name: "Text" }).fill("Mayday, taking water at pier 4");
      await page.getByRole("button", { name: "Ask" }).click();
      await page.getByText("answered by").waitFor();
    },
  },
  { name: "training", hash: "#/training/engine-sounds", state: busyState },
  {
    name: "training-upload",
    hash: "#/training/engine-sounds",
    async prepare(page) {
      await page.getByRole("combobox", { name: /^Class/ }).fill("sail");
      const files = Array.from({ length: 5 }, (_, index) => ({
        ...sound,
        name: `sail-${index}.wav`,
        buffer: Buffer.from(sampleWav(0.2, 200 + (index % 4) * 20)),
      }));
      await choose(page, [...files, { ...sound, name: "empty.wav", buffer: Buffer.alloc(0) }]);
      await page.getByText("All done").waitFor();
    },
  },
  { name: "training-locked", hash: "#/training/engine-sounds", locked: true },
  { name: "run-live", hash: "#/runs/run-3", state: busyState },
  { name: "run-done", hash: "#/runs/run-2", state: busyState },
  { name: "run-failed", hash: "#/runs/run-1", state: busyState },
  { name: "sync", hash: "#/sync", state: busyState },
  { name: "sync-none", hash: "#/sync" },
  { name: "system", hash: "#/system", state: busyState },
  { name: "system-locked", hash: "#/system", locked: true },
];
