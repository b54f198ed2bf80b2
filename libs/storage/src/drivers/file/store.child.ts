import { writeFileSync } from "node:fs";

import { bytesSource } from "../../bytes-source.ts";
import { patternBytes } from "../../conformance/pattern-bytes.ts";
import { StorageError } from "../../error.ts";
import { openStore } from "../../open-store.ts";

/** What a test tells a process of its own to do with a store. */
export interface Errand {
  readonly root: string;
  readonly key: string;
  /** `count`: so many increments by read and swap · `create`: one write with onlyIfAbsent · `hang`: a write that stops half-way. */
  readonly act: "count" | "create" | "hang";
  readonly amount: number;
  readonly seed: number;
}

const { root, key, act, amount, seed } = JSON.parse(process.argv[2] ?? "") as Errand;
const driver = await openStore(root);
const say = (line: string): void => writeFileSync(1, `${line}\n`);

async function increment(): Promise<void> {
  for (;;) {
    try {
      const { stat, body } = await driver.read(key);
      let text = "";
      for await (const part of body) text += Buffer.from(part).toString();
      const next = Buffer.from(String(Number(text) + 1));
      await driver.swap?.(key, next, { expected: stat.etag ?? "" });
      return;
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== "E_CONFLICT") throw error;
    }
  }
}

try {
  if (act === "count") {
    for (let step = 0; step < amount; step += 1) await increment();
  } else {
    const bytes = patternBytes(amount, seed);
    const half = {
      size: amount,
      label: "half",
      async *open() {
        yield bytes.subarray(0, amount / 2);
        say("half");
        await new Promise((resolve) => setTimeout(resolve, 600_000));
      },
    };
    const source = act === "hang" ? half : bytesSource(bytes, "bytes");
    await driver.write(key, source, { onlyIfAbsent: true });
  }
  say("done");
} catch (error) {
  say(error instanceof StorageError ? `${error.code} ${error.message}` : String(error));
}
