import { test } from "@jest/globals";
import { fakeHuggingFace } from "@plimsoll/testing";

import { runConformance } from "../conformance/index.ts";
import { openStore } from "../open-store.ts";

await runConformance(
  async () => {
    const server = await fakeHuggingFace({ private: true });
    const url = `hf://owner/weights?endpoint=${server.endpoint}`;
    const driver = await openStore(url, { env: { HF_TOKEN: server.token } });
    return { driver, requests: () => server.requests.length, dispose: () => server.close() };
  },
  {
    test,
    largeBytes: 1_300_000,
    writers: 8,
  },
);
