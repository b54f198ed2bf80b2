import { expect, test } from "@jest/globals";

import * as conformance from "./conformance/index.ts";
import * as storage from "./index.ts";

test("what the room offers at run time", () => {
  expect(Object.keys(storage).sort()).toEqual([
    "HttpError",
    "StorageError",
    "bytesSource",
    "checkKey",
    "checkPrefix",
    "drivers",
    "fileSource",
    "httpClient",
    "httpDefaults",
    "isKey",
    "maxKeyBytes",
    "maxKeySegments",
    "openStore",
    "parseStoreUrl",
    "planBucket",
    "resolveRange",
    "s3Policy",
    "storeOptions",
  ]);
  expect(Object.keys(conformance).sort()).toEqual(["driverConformance", "runConformance"]);
});
