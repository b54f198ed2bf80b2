/** Publishes a folder of weights: `npx tsx --conditions=@plimsoll/source examples/publish.ts <folder> <store> <version>`. */
import { publishWeights } from "@plimsoll/weights";

const [folder = "weights", store = "./store", release = "v1.0.0"] = process.argv.slice(2);

const { files, manifestPath, stores } = await publishWeights({
  from: [folder],
  to: [store],
  release,
});
for (const { name, size, sha256 } of files) console.log(`${sha256}  ${name}  ${size} bytes`);
for (const { url, outcome } of stores) console.log(`${url}: ${outcome}`);
console.log(`pinned by ${manifestPath}`);
