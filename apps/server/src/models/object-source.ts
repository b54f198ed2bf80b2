import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ModelFile } from "@plimsoll/inference";
import { sha256, sha256Stream } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { WeightsError } from "@plimsoll/weights";
import { codeOf } from "./code-of.ts";
import type { ModelSource } from "./model-source.ts";
import { expectServable } from "./servable.ts";
import { type StoredContext, versionDir } from "./stored-version.ts";
import type { StoreLink } from "./store-link.ts";
import { readDescription } from "./version-files.ts";

/** Small files that may lie beside the object and describe it. */
const beside = ["metadata.json", "model_metadata.json", "class_names.json"];

/**
 * One object of a store by its key, `S3_MODEL_KEY`: no manifest pins it, so its version is named after the etag that the
 * host gives, and a new object under the key is a new version.
 */
export function objectSource(options: {
  readonly link: StoreLink;
  readonly key: string;
  readonly context: StoredContext;
}): ModelSource {
  const { link, key, context } = options;
  const { cache, log } = context;
  return {
    async target() {
      const found = await link.use((driver) => statOf(driver, key));
      const version = versionOf(found.etag ?? `${found.size}/${found.modifiedAt?.getTime() ?? 0}`);
      return { version, by: "newest", sequence: 0, generation: 0, history: [] };
    },
    channel: () => Promise.resolve(undefined),
    override: () => undefined,
    async bring({ model, version, force, signal }) {
      const startedAt = performance.now();
      const name = basename(key);
      expectServable(model, version, [name]);
      const dir = versionDir(context.dir, model, version);
      await mkdir(dir, { recursive: true });
      const path = join(dir, name);
      let receivedBytes = 0;
      const isHere = !force && (await stat(path).catch(() => undefined)) !== undefined;
      log(
        `${model}@${version}: ${isHere ? "cached" : `will download ${key} from ${link.state().url}`}`,
      );
      if (!isHere) {
        log(
          `${model}@${version}: nothing pins ${key}, its bytes are taken as they come: publish it as a version`,
        );
        receivedBytes = await link.use(async (driver) => {
          const found = await statOf(driver, key);
          await download(driver, key, path, signal);
          for (const extra of beside) {
            const extraKey = join(dirname(key), extra);
            if ((await driver.stat(extraKey)) === undefined) continue;
            await download(driver, extraKey, join(dir, extra), signal);
          }
          return found.size;
        });
      }
      const facts = await sha256Stream(createReadStream(path));
      await cache.adopt(path, facts.sha256, { link: true });
      const file: ModelFile = { name, path, ...facts };
      const metadata = await readDescription(dir);
      const files = { model, version, files: [file], main: name, ...(metadata && { metadata }) };
      return { files, receivedBytes, durationMs: performance.now() - startedAt };
    },
  };
}

/** `models/best_model.onnx` is the model `best_model`. */
export function modelOfKey(key: string): string {
  const stem = basename(key).replace(/\.[^.]*$/, "");
  const name = stem.toLowerCase().replace(/[^a-z0-9._-]/g, "-");
  return name.replace(/^[^a-z0-9]+/, "").slice(0, 100) || "model";
}

const versionOf = (token: string): string => `object-${sha256(Buffer.from(token)).slice(0, 12)}`;

async function statOf(driver: Driver, key: string) {
  const found = await driver.stat(key);
  if (found !== undefined) return found;
  throw new WeightsError(
    "E_NOT_FOUND",
    `${key}: not at ${driver.url}: check S3_MODEL_KEY, a key has no leading slash`,
  );
}

/** Whole or not at all. */
async function download(
  driver: Driver,
  key: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const partial = `${path}.partial`;
  try {
    const { body } = await driver.read(key, signal ? { signal } : {});
    await pipeline(Readable.from(body), createWriteStream(partial), signal ? { signal } : {});
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    if (codeOf(error) !== undefined) throw error;
    throw new WeightsError("E_NETWORK", `${key}: broke off: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
