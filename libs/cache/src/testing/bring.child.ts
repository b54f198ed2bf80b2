import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { openCache } from "../open-cache.ts";
import { weights } from "./stock.ts";

/** What a test tells a process of its own to do. */
export interface Errand {
  readonly dir: string;
  readonly app: string;
  readonly size: number;
  readonly rounds: number;
  /** Where every download is noted: one line each. */
  readonly downloads: string;
  /** Stop for good after this many bytes, to be killed. */
  readonly stopAfter?: number;
}

const errand = JSON.parse(process.argv[2] ?? "") as Errand;
const cache = await openCache({ dir: errand.dir });
const say = (line: string): void => writeFileSync(1, `${line}\n`);

for (let round = 0; round < errand.rounds; round += 1) {
  const { bytes, sha256 } = weights(round, errand.size);
  const reservation = await cache.reserve(sha256);
  if (reservation.state === "reserved") {
    appendFileSync(errand.downloads, `${round} ${process.pid}\n`);
    const file = await open(reservation.partial, "a+");
    const { size: at } = await file.stat();
    const upTo = errand.stopAfter ?? errand.size;
    for (let from = at; from < upTo; from += 8_192) {
      await file.write(bytes.subarray(from, Math.min(upTo, from + 8_192)));
      await setTimeout(1);
    }
    if (errand.stopAfter !== undefined) {
      say("stopped");
      await setTimeout(600_000);
    }
    await file.sync();
    await file.close();
    await rename(reservation.partial, reservation.path);
    await reservation.commit();
  }
  const to = join(errand.app, `${round}.onnx`);
  await cache.place(sha256, to);
  const placed = createHash("sha256").update(readFileSync(to)).digest("hex");
  if (placed !== sha256) say(`wrong bytes in round ${round}`);
}
say("done");
