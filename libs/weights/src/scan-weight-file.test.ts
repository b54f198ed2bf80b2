import { expect, test } from "@jest/globals";
import { access } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { publishWeights } from "./publish.ts";
import { syncWeights } from "./sync.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";

/** A pickle that runs a command when it is loaded: `os.system("true")`. */
const malicious = Buffer.from("cos\nsystem\n(S'true'\ntR.", "latin1");

const publish = async (place: Workplace, allowPickle: boolean): Promise<unknown> =>
  await publishWeights({
    from: [place.weights],
    to: [place.store],
    release: "v1.0.0",
    model: "m",
    cache: false,
    allowPickle,
  });

test.each(["net.pt", "net.pth", "net.onnx", "net.bin.json"])(
  "a pickle that runs code is not published as %s, unless that is asked for where it can be",
  async (name) => {
    await using place = await workplace();
    await place.fill({ [name]: malicious });
    await expect(publish(place, false)).rejects.toMatchObject({ code: "E_SCAN" });
    await expect(access(place.dir.join("store/models"))).rejects.toThrow("ENOENT");
  },
);

test("sync looks again: what another publisher let through is neither cached nor placed", async () => {
  await using place = await workplace();
  await place.fill({ "net.pt": malicious });
  await publish(place, true);
  const request = { from: place.store, model: "m", dir: place.app, cache: place.cache };
  await expect(syncWeights(request)).rejects.toMatchObject({
    code: "E_SCAN",
    message: expect.stringMatching(/net\.pt: refused: .*--allow-pickle/),
  });
  expect((await place.cache.status()).blobs).toBe(0);
  await expect(access(`${place.app}/net.pt`)).rejects.toThrow("ENOENT");
  const allowed = await syncWeights({ ...request, allowPickle: true });
  expect(allowed.files).toMatchObject([{ outcome: "fetched" }]);
  // In the cache now, by one app's rules: another app's rules still count.
  const other = { ...request, dir: place.dir.join("other") };
  await expect(syncWeights(other)).rejects.toMatchObject({ code: "E_SCAN" });
  await expect(access(place.dir.join("other/net.pt"))).rejects.toThrow("ENOENT");
});

test("a manifest without digests brings no code either", async () => {
  await using place = await workplace();
  await place.fill({ "net.pt": malicious });
  const url = pathToFileURL(`${place.weights}/net.pt`).href;
  const weights = { "net.pt": { url, size_mb: 0.01, required: true } };
  await place.fill({ "WEIGHTS_URLS.json": JSON.stringify({ weights }) }, place.app);
  const from = `${place.app}/WEIGHTS_URLS.json`;
  await expect(syncWeights({ from, cache: place.cache })).rejects.toMatchObject({ code: "E_SCAN" });
  expect((await place.cache.status()).blobs).toBe(0);
});
