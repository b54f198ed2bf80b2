/** A process of its own that fits a head from built code: `head.mjs <folder of the data> <softmax | mlp> <result file>`. */
import { classify, fitHead } from "@plimsoll/training";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const [dir, kind, result] = process.argv.slice(2);
const width = 1024;
const load = async (side) => {
  const { buffer } = await readFile(join(dir, `${side}.f32`));
  const labels = await readFile(join(dir, `${side}.labels`));
  return { values: new Float32Array(buffer), width, labels: new Uint8Array(labels), classes: 10 };
};
const { head } = await fitHead(await load("train"), { kind, epochs: 20, inPlace: true });
const test = await load("test");
const probabilities = classify(head, test.values);
let right = 0;
test.labels.forEach((label, row) => {
  const scores = probabilities.subarray(row * 10, row * 10 + 10);
  if (scores.indexOf(Math.max(...scores)) === label) right += 1;
});
await writeFile(result, String(right / test.labels.length));
