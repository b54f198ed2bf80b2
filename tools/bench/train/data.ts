import { sha256 } from "@plimsoll/manifest";
import { madeSound, soundClasses } from "@plimsoll/testing";
import { type Sample, seededRandom } from "@plimsoll/training";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const width = 1024;
const classes = 10;
const variants = 6;

/**
 * Embeddings like those of a network that ends in ReLU: originals scattered about the centres of 10 classes, six variants
 * near each, 1 % of the labels wrong. `train.f32` `[21000, 1024]`, `test.f32` `[2000, 1024]` and `.labels` files.
 */
export async function writeEmbeddings(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const random = seededRandom(7);
  const centres = Float32Array.from({ length: classes * width }, () => random.normal() * 0.17);
  const write = async (side: string, originals: number, each: number): Promise<void> => {
    const values = new Float32Array(originals * each * width);
    const labels = new Uint8Array(originals * each);
    const own = new Float32Array(width);
    for (let original = 0; original < originals; original += 1) {
      const kind = original % classes;
      for (let i = 0; i < width; i += 1) {
        own[i] = (centres[kind * width + i] as number) + random.normal();
      }
      const label = random.uniform() < 0.01 ? random.below(classes) : kind;
      for (let n = 0; n < each; n += 1) {
        const row = original * each + n;
        labels[row] = label;
        for (let i = 0; i < width; i += 1) {
          values[row * width + i] = Math.max(0, (own[i] as number) + 0.4 * random.normal());
        }
      }
    }
    await writeFile(join(dir, `${side}.f32`), new Uint8Array(values.buffer));
    await writeFile(join(dir, `${side}.labels`), labels);
  };
  await write("train", 3500, variants);
  await write("test", 2000, 1);
}

/** Made sounds of five seconds as samples of a run. */
export async function writeClips(dir: string, count: number): Promise<Sample[]> {
  await mkdir(dir, { recursive: true });
  const samples: Sample[] = [];
  for (let n = 0; n < count; n += 1) {
    const name = soundClasses[n % soundClasses.length] ?? "tone";
    const bytes = madeSound(name, n, { seconds: 5 });
    const path = join(dir, `${n}.wav`);
    await writeFile(path, bytes);
    samples.push({ id: String(n), path, class: name, sha256: sha256(bytes) });
  }
  return samples;
}
