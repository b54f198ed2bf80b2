import { test } from "@jest/globals";
import { faultyServer } from "@plimsoll/testing";

import { runConformance } from "../conformance/index.ts";
import { openStore } from "../open-store.ts";

await runConformance(
  async (fixture) => {
    const files = Object.fromEntries([...fixture].map(([key, bytes]) => [`/w/${key}`, bytes]));
    const server = await faultyServer({ files });
    return {
      driver: await openStore(`${server.origin}/w`),
      requests: () => server.requests.length,
      readLocated: async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
      dispose: server.close,
    };
  },
  { test, readOnly: true, noList: true },
);
