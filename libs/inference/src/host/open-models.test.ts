import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { numbersOf, pair, scaleModel, writeVersion } from "../fixtures/small-models.ts";
import { openModels } from "./open-models.ts";

test("a model answers, is swapped, and the new version answers", async () => {
  await using dir = await tempDir();
  const models = openModels();
  try {
    const first = await models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    expect(first).toMatchObject({ outcome: "swapped", generation: 1, version: "v1" });
    const one = await models.predict("scale", pair(1, 2));
    expect(one.version).toBe("v1");
    expect(numbersOf(one.output)).toEqual([2, 4]);
    const second = await models.swap(await writeVersion(dir.path, "v2", scaleModel(3)));
    expect(second).toMatchObject({ generation: 2, version: "v2", previous: "v1" });
    expect(numbersOf((await models.predict("scale", pair(1, 2))).output)).toEqual([3, 6]);
  } finally {
    await models.close();
  }
}, 180_000);
