import { open } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { openServer } from "../open-server.ts";
import { scaleOnnx, servingBench } from "./testing/serving-bench.ts";

/** The whole in `npm run nightly`, else a sample of the same. */
const [requests, swaps] = process.env["PLIMSOLL_NIGHTLY"] === "1" ? [10_000, 20] : [600, 5];
const concurrency = 50;
const adminToken = "swaps-under-load-0123456789abcdef";

async function flipByte(path: string): Promise<void> {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, 40);
  byte[0] = (byte[0] ?? 0) ^ 0xff;
  await file.write(byte, 0, 1, 40);
  await file.close();
}

test(`V13: ${requests} requests, ${concurrency} at once, ${swaps} swaps, two of them broken: none fails, each is answered by one version`, async () => {
  await using bench = await servingBench({ real: true, pollMs: 3_600_000 });
  // The factor of a version is its number, so that an answer proves its header.
  for (let i = 1; i <= swaps + 1; i++) {
    const isWide = i === 3;
    await bench.publish(`v${i}.0.0`, isWide ? scaleOnnx(i, 3) : i);
  }
  await flipByte(bench.join("store", "models", "scale", "v4.0.0", "scale.onnx"));
  const server = await openServer({
    models: bench.models,
    serving: bench.serving,
    config: { version: "0.0.0", adminToken },
    host: "127.0.0.1",
    port: 0,
  });
  const url = `http://127.0.0.1:${server.port}`;
  const admin = async (version: string): Promise<Response> =>
    await fetch(`${url}/api/v1/admin/reload-models`, {
      method: "POST",
      headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
      body: JSON.stringify({ model_type: "scale", version }),
    });
  const body = JSON.stringify({
    inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], data: [1, 1] }],
  });
  const troubles: string[] = [];
  bench.serving.listen(({ type, version, code, message }) => {
    if (["crashed", "timeout", "evicted"].includes(type)) {
      troubles.push(`${type} ${version} ${code} ${message}`);
    }
  });
  const seen = new Map<string, number>();
  const problems: string[] = [];
  let left = requests;
  let isSwapping = true;
  const ask = async (): Promise<void> => {
    const reply = await fetch(`${url}/v2/models/scale/infer`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const text = await reply.text();
    const version = reply.headers.get("x-model-version") ?? "none";
    if (!reply.ok) {
      problems.push(`${reply.status} ${text}`);
      return;
    }
    const { outputs } = JSON.parse(text) as { outputs: { data: number[] }[] };
    const factor = outputs[0]?.data[0];
    if (version !== `v${factor}.0.0`) problems.push(`${version} answered ${factor}`);
    seen.set(version, (seen.get(version) ?? 0) + 1);
  };
  try {
    expect((await admin("v1.0.0")).status).toBe(200);
    const askers = Array.from({ length: concurrency }, async () => {
      while (left > 0 || isSwapping) {
        left -= 1;
        await ask();
        // Beyond its share each goes on, gently: the swaps have the processor.
        if (left < 0) await new Promise((resolve) => setTimeout(resolve, 100));
      }
    });
    const refused: string[] = [];
    for (let i = 2; i <= swaps + 1; i++) {
      const reply = await admin(`v${i}.0.0`);
      const answer = (await reply.json()) as { readonly code?: string };
      if (!reply.ok) refused.push(`v${i}.0.0 ${answer.code}`);
    }
    isSwapping = false;
    await Promise.all(askers);
    expect([...problems.slice(0, 5), ...troubles.slice(0, 5)]).toEqual([]);
    expect(refused).toEqual(["v3.0.0 E_SIGNATURE", "v4.0.0 E_DIGEST"]);
    expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(
      requests,
    );
    expect(seen.has("v3.0.0") || seen.has("v4.0.0")).toBe(false);
    expect(seen.has(`v${swaps + 1}.0.0`)).toBe(true);
  } finally {
    await server.close();
  }
}, 600_000);
