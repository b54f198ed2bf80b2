import { readFile } from "node:fs/promises";

import { test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";

import { runConformance } from "../conformance/index.ts";
import { openStore } from "../open-store.ts";
import { placeOf } from "./file/place.ts";
import { openTemp } from "./file/write-object.ts";

await runConformance(
  async () => {
    const dir = await tempDir();
    const driver = await openStore(dir.join("store"));
    const beginUpload = async (key: string): Promise<void> => {
      const place = placeOf(dir.join("store"), key);
      await (await openTemp(place)).file.close();
    };
    const readLocated = (url: string): Promise<Uint8Array> => readFile(new URL(url));
    return { driver, readLocated, beginUpload, dispose: dir.remove };
  },
  { test },
);
