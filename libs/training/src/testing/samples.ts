import { sha256 } from "@plimsoll/manifest";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sample } from "../dataset/sample.ts";

/** Writes made files as samples of a run: `make` gives the bytes of number `n` of a class. For tests. */
export async function writeSamples(
  dir: string,
  classes: readonly string[],
  each: number,
  make: (name: string, n: number) => Uint8Array | string,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  await mkdir(dir, { recursive: true });
  for (const name of classes) {
    for (let n = 0; n < each; n += 1) {
      samples.push(await writeSample(dir, `${name}-${n}`, name, make(name, n)));
    }
  }
  return samples;
}

/** Writes one file as a sample. */
export async function writeSample(
  dir: string,
  id: string,
  name: string,
  content: Uint8Array | string,
): Promise<Sample> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const path = join(dir, id);
  await writeFile(path, bytes);
  return { id, path, class: name, sha256: sha256(bytes) };
}
