import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openCache } from "@plimsoll/cache";
import { sha256 } from "@plimsoll/manifest";
import {
  publishWeights,
  type SyncResult,
  syncWeights,
  verifyWeights,
  type VerifyResult,
} from "@plimsoll/weights";
import { bytesText, count } from "../text/quantity.ts";
import type { DemoFolder } from "./demo-folder.ts";
import { flipByte } from "./flip-byte.ts";
import { trainModel, type Training } from "./train-model.ts";

/** One thing that happened, with what a test or a script wants to know of it. */
export interface DemoStep {
  readonly step:
    "train" | "publish" | "sync" | "verify" | "damage" | "serve" | "predict" | "swap" | "back";
  /** For a person, without time. */
  readonly text: string;
  readonly elapsedMs: number;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface DemoOptions {
  readonly folder: DemoFolder;
  readonly onStep: (step: DemoStep) => void;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds. */
  readonly now: () => number;
}

/** The two versions: a hasty one, and one that saw more pictures. */
export const versions: Readonly<Record<"v1.0.0" | "v1.1.0", Training>> = {
  "v1.0.0": { pictures: 300, epochs: 3 },
  "v1.1.0": { pictures: 1_000, epochs: 4 },
};
/** Published while a server serves the second. */
export const served: Training = { pictures: 1_100, epochs: 4 };

const fileName = "digits.onnx";
const short = (digest: string): string => `${digest.slice(0, 12)}…`;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function syncText({ files, receivedBytes }: SyncResult): string {
  const how = files.map(
    ({ name, outcome }) => `${name} ${outcome === "cached" ? "from the cache" : outcome}`,
  );
  return `${how.join(", ")}; ${bytesText(receivedBytes)} moved into app/weights`;
}

function verifyText({ files }: VerifyResult): string {
  const wrong = files.filter(({ status }) => status !== "ok");
  if (wrong.length > 0) {
    return wrong
      .map(({ name, status }) => `${name} is ${status}, not what was published`)
      .join(", ");
  }
  return `${count(files.length, "file")}, every byte as published`;
}

/**
 * The main job, once, on real weights and by the functions that the commands call: train, publish, pin, sync, verify,
 * damage, repair, and the same again for a better version.
 */
export async function showMainJob(options: DemoOptions): Promise<void> {
  const { folder, signal, env, now } = options;
  const cache = await openCache({ dir: folder.cache, env });
  const published = join(folder.trained, "manifest.json");
  const pinned = join(folder.weights, "manifest.json");
  const file = join(folder.weights, fileName);

  const step = async <Result>(
    name: DemoStep["step"],
    act: () => Promise<Result>,
    tell: (result: Result) => Pick<DemoStep, "text" | "facts">,
  ): Promise<Result> => {
    signal.throwIfAborted();
    const startedAt = now();
    const result = await act();
    options.onStep({ step: name, elapsedMs: now() - startedAt, ...tell(result) });
    return result;
  };

  const train = (release: keyof typeof versions): Promise<unknown> =>
    step(
      "train",
      async () => {
        const model = trainModel(versions[release]);
        await writeFile(join(folder.trained, fileName), model.onnx);
        const metadata = `${JSON.stringify(model.metadata, null, 2)}\n`;
        await writeFile(join(folder.trained, "metadata.json"), metadata);
        return model;
      },
      ({ onnx, accuracy }) => ({
        text: `${fileName}, ${bytesText(onnx.length)}: ${versions[release].pictures.toLocaleString("en-US")} pictures seen, ${percent(accuracy)} of unseen ones right`,
        facts: { release, bytes: onnx.length, sha256: sha256(onnx), accuracy },
      }),
    );

  const publish = (release: keyof typeof versions): Promise<unknown> =>
    step(
      "publish",
      async () => {
        const result = await publishWeights({
          from: [folder.trained],
          to: [folder.store],
          release,
          channel: "production",
          cache,
          signal,
          env,
        });
        // As an app gets its manifest by `git pull`.
        await copyFile(published, pinned);
        return result;
      },
      ({ stores, manifest }) => ({
        text: `${release}: ${stores.map(({ outcome, uploadedBytes }) => `${bytesText(uploadedBytes)} ${outcome} in store`).join(", ")}, read back, pinned by manifest ${short(manifest.digest)}`,
        facts: {
          release,
          outcomes: stores.map(({ outcome }) => outcome),
          manifest: manifest.digest,
        },
      }),
    );

  const sync = (): Promise<unknown> =>
    step(
      "sync",
      async () => {
        const result = await syncWeights({ from: pinned, dir: folder.weights, cache, signal, env });
        return { result, digest: sha256(await readFile(file)) };
      },
      ({ result, digest }) => ({
        text: syncText(result),
        facts: {
          outcomes: Object.fromEntries(result.files.map(({ name, outcome }) => [name, outcome])),
          receivedBytes: result.receivedBytes,
          sha256: digest,
        },
      }),
    );

  const verify = (): Promise<unknown> =>
    step(
      "verify",
      () =>
        verifyWeights({ manifest: pinned, dir: folder.weights, full: true, cache, signal, env }),
      (result) => ({
        text: verifyText(result),
        facts: {
          ok: result.ok,
          statuses: Object.fromEntries(result.files.map(({ name, status }) => [name, status])),
        },
      }),
    );

  await train("v1.0.0");
  await publish("v1.0.0");
  await sync();
  await verify();
  await step(
    "damage",
    () => flipByte(file),
    (offset) => ({
      text: `one byte of app/weights/${fileName} inverted, at ${offset}`,
      facts: { offset },
    }),
  );
  await verify();
  await sync();
  await verify();
  await train("v1.1.0");
  await publish("v1.1.0");
  await sync();
  await verify();
}
