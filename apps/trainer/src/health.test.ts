import { expect, test } from "@jest/globals";
import { openHealth } from "./health.ts";

test("answers /health/live and nothing else", async () => {
  const health = await openHealth("127.0.0.1", 0);
  try {
    const base = `http://127.0.0.1:${health.port}`;
    const live = await fetch(`${base}/health/live`);
    expect([live.status, await live.json()]).toEqual([200, { status: "ok" }]);
    expect((await fetch(`${base}/elsewhere`)).status).toBe(404);
  } finally {
    await health.close();
  }
});
