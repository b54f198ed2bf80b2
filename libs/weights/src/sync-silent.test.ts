import { expect, test } from "@jest/globals";
import type { HttpClient } from "@plimsoll/storage";
import { publishWeights } from "./publish.ts";
import { syncWeights } from "./sync.ts";
import { noise } from "./testing/noise.ts";
import { workplace } from "./testing/weights-folder.ts";

/** Fails at the first request. */
const silent: HttpClient = {
  request: (url) => Promise.reject(new Error(`asked for ${url}`)),
  close: () => undefined,
};

test.each([{ offline: true }, { frozen: true }, {}])(
  "what is here costs no request and no hashing: %j",
  async (mode) => {
    await using place = await workplace();
    await place.fill({ "cnn.onnx": noise(2_000_000), "labels.json": "[]" });
    const { manifest } = await publishWeights({
      from: [place.weights],
      to: [place.store],
      release: "v1.0.0",
      model: "cnn",
      publicUrl: "https://host.invalid",
      cache: false,
    });
    await syncWeights({ from: place.store, model: "cnn", dir: place.app, cache: place.cache });
    expect(manifest.manifest.weights.get("cnn.onnx")?.url).toMatch(/^https:\/\/host\.invalid/);
    const again = await syncWeights({
      from: `${place.app}/manifest.json`,
      cache: place.cache,
      fetch: { http: silent },
      openStore: (url) => Promise.reject(new Error(`opened ${url}`)),
      ...mode,
    });
    expect(again.files.map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged"]);
    expect(again.receivedBytes).toBe(0);
  },
);
