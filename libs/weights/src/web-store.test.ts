import { expect, test } from "@jest/globals";
import { readdir, readFile } from "node:fs/promises";
import { faultyServer } from "@plimsoll/testing";
import { publishWeights } from "./publish.ts";
import { syncWeights } from "./sync.ts";
import { workplace } from "./testing/weights-folder.ts";

test("a folder store behind a plain web server: by version, and through a channel", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "aa", "deep/b+1.onnx": "bb" });
  await publishWeights({
    from: [place.weights],
    to: [place.store],
    release: "v1.0.0",
    model: "m",
    channel: "production",
    cache: false,
  });
  const keys = await readdir(place.dir.join("store"), { recursive: true, withFileTypes: true });
  const files: Record<string, Uint8Array> = {};
  for (const entry of keys.filter((key) => key.isFile())) {
    const path = `${entry.parentPath}/${entry.name}`;
    const key = path.slice(place.dir.join("store").length + 1);
    files[`/team/${key.split("/").map(encodeURIComponent).join("/")}`] = await readFile(path);
  }
  await using server = await faultyServer({ files });
  for (const asked of [{ release: "v1.0.0" }, { channel: "production" }]) {
    const result = await syncWeights({
      from: server.url("/team"),
      model: "m",
      ...asked,
      dir: place.dir.join("release" in asked ? "1" : "2"),
      cache: await place.newCache(),
    });
    expect(result.files.map(({ outcome }) => outcome)).toEqual(["fetched", "fetched"]);
    expect(await readFile(`${result.dir}/deep/b+1.onnx`, "utf8")).toBe("bb");
  }
});
