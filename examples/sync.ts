/** Brings weights into an app: `npx tsx --conditions=@plimsoll/source examples/sync.ts <manifest> <folder>`. */
import { syncWeights } from "@plimsoll/weights";

const [from = "weights/manifest.json", dir = "weights"] = process.argv.slice(2);

const { files, receivedBytes } = await syncWeights({
  from,
  dir,
  onEvent: (event) => {
    if (event.type === "progress") console.log(event.name, event.bytes, "of", event.size);
  },
});
console.log(`${files.length} files in ${dir}, ${receivedBytes} bytes came over the network`);
