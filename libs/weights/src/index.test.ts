import { expect, test } from "@jest/globals";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as weights from "./index.ts";

test("the room's exports are these", () => {
  expect(Object.keys(weights).sort()).toEqual([
    "WeightsError",
    "adoptFolders",
    "changePointer",
    "channelHistory",
    "collectFiles",
    "createManifest",
    "diffWeights",
    "finishRelease",
    "followChannel",
    "isSyncSkipped",
    "issuer",
    "listChannels",
    "listModels",
    "listVersions",
    "movePointer",
    "openTrustMemory",
    "promoteRelease",
    "promotionRefusal",
    "pruneVersions",
    "publishWeights",
    "readPointer",
    "readRelease",
    "readYanked",
    "recordSmokeTest",
    "repairWeights",
    "rollbackChannel",
    "scanWeightFile",
    "signRelease",
    "storeKeys",
    "storedFacts",
    "storedName",
    "syncWeights",
    "verifyWeights",
    "withRandomAccess",
    "writeChecksums",
    "writeFileWhole",
    "yankRelease",
  ]);
});

test("loading the room loads neither stores nor the network: those are imported when they are needed", async () => {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const sources = (await readdir(folder)).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );
  const heavy = /^(?:import|export) (?!type\b)[^;]*?from "@plimsoll\/(?:storage|fetch)"/m;
  for (const name of sources) {
    expect([name, heavy.test(await readFile(folder + name, "utf8"))]).toEqual([name, false]);
  }
  expect(heavy.test(`import { openStore } from "@plimsoll/storage";`)).toBe(true);
  expect(heavy.test(`import {\n  openFetcher,\n} from "@plimsoll/fetch";`)).toBe(true);
});
