import { test } from "@jest/globals";
import { fakeGcs } from "@plimsoll/testing";

import { runConformance } from "../conformance/index.ts";
import { openStore } from "../open-store.ts";

await runConformance(
  async () => {
    const server = await fakeGcs("weights");
    const driver = await openStore(`gs://weights/some/prefix?endpoint=${server.endpoint}`, {
      env: {},
    });
    return { driver, requests: () => server.requests.length, dispose: () => server.close() };
  },
  {
    test,
    largeBytes: 9 * 2 ** 20 + 4321,
    except: {
      "a presigned GET gives the bytes to a stranger": "needs an account, see gcs/presign.test.ts",
      "a presigned PUT stores the bytes that it is bound to and refuses others":
        "Google binds no signed upload to a SHA-256",
    },
  },
);
