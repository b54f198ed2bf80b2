import { dirname, resolve } from "node:path";
import { expectRelease, type ParsedManifest, parseManifest } from "@plimsoll/manifest";
import { makeCompanions } from "./companions.ts";
import { WeightsError } from "./error.ts";
import { makeVisible, readExistingManifest, refuseOtherWeights } from "./make-visible.ts";
import { parallel } from "./parallel.ts";
import type { FinishOptions } from "./finish-release.ts";
import type { PublishResult } from "./publish-request.ts";
import { readBack } from "./read-back.ts";
import { readSmallFile } from "./read-small-file.ts";
import { partName, storedAs, storedName, type SplitFile } from "./split-file.ts";
import { storeKeys } from "./store-keys.ts";
import { closeStores, eachStore, expectOneStore, openStores, publishedStore } from "./store-run.ts";

/** `finishRelease`, loaded when it is called. */
export async function runFinish(options: FinishOptions): Promise<PublishResult> {
  const { release, onEvent } = options;
  const path = resolve(options.manifestPath);
  const held = await readHeld(path, release);
  const { model, files } = describe(held, path);
  const call = options.signal ? { signal: options.signal } : {};
  const prefix = storeKeys.version(model, release);
  const runs = await openStores({ ...options, movesChannel: options.channel !== undefined });
  try {
    await eachStore(runs, options, async (run) => {
      run.existing = await readExistingManifest(run.driver, model, release, call);
      if (run.existing) {
        refuseOtherWeights(run.existing, { model, release, files, source: run.driver.url });
        return;
      }
      await parallel(files, 8, async (file) => {
        for (const part of storedAs(file, run.driver.limits)) {
          await readBack(run.driver, { ...part, key: prefix + part.name }, call);
        }
        onEvent?.({ type: "readback", store: run.url, name: file.name });
      });
    });
    expectOneStore(runs);
    const first = runs.find(({ existing }) => existing !== undefined)?.existing;
    const { channel, issuedBy, expires, keys, signingKeys } = options;
    const folder = dirname(path);
    const companions = await makeCompanions({ folder, model, release, files }, options);
    const ready = {
      model,
      release,
      files,
      channel,
      issuedBy,
      expires,
      keys,
      signingKeys,
      companions,
      manifest: first ?? held,
    };
    const manifest = await makeVisible(runs, ready, options);
    expectOneStore(runs);
    const stores = runs.map(publishedStore);
    return {
      manifest,
      manifestPath: undefined,
      release,
      model,
      files: files.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
      stores,
    };
  } finally {
    await closeStores(runs);
  }
}

async function readHeld(path: string, release: string): Promise<ParsedManifest> {
  const bytes = await readSmallFile(path);
  if (bytes === undefined) {
    throw new WeightsError(
      "E_NOT_FOUND",
      `${path}: no manifest of the held version here: take the one that publish --hold wrote`,
    );
  }
  const held = parseManifest(bytes, { source: path });
  expectRelease(held, { release, source: path });
  return held;
}

function describe(
  { manifest }: ParsedManifest,
  path: string,
): { readonly model: string; readonly files: readonly SplitFile[] } {
  const { model } = manifest;
  const files = [...manifest.weights].flatMap(([name, entry]): SplitFile[] => {
    const { size, checksum, parts, encoding, encoded_size, encoded_checksum } = entry;
    if (size === undefined || checksum === undefined) return [];
    const pieces = parts?.map((part, index) => ({
      name: partName(name, index),
      offset: part.offset,
      size: part.size,
      sha256: part.checksum,
    }));
    const encoded =
      encoding !== undefined && encoded_size !== undefined && encoded_checksum !== undefined
        ? {
            type: encoding,
            name: storedName(name, encoding),
            size: encoded_size,
            sha256: encoded_checksum,
          }
        : undefined;
    return [
      {
        name,
        size,
        sha256: checksum,
        ...(pieces && { parts: pieces }),
        ...(encoded && { encoded }),
      },
    ];
  });
  if (model !== undefined && files.length === manifest.weights.size) return { model, files };
  throw new WeightsError(
    "E_MISMATCH",
    `${path}: not a manifest that publish --hold wrote: no model, or files without size and digest`,
  );
}
