import { test } from "@jest/globals";
import { fakeGithub } from "@plimsoll/testing";

import { runConformance } from "../conformance/index.ts";
import { openStore } from "../open-store.ts";

await runConformance(
  async () => {
    const server = await fakeGithub();
    const driver = await openStore(server.store, {
      env: { GITHUB_TOKEN: server.token },
      sleep: () => Promise.resolve(),
    });
    return { driver, requests: () => server.requests.length, dispose: server.close };
  },
  { test, largeBytes: 400_000 },
);
