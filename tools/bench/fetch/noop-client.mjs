/** A sync of what is there, from built code: `noop-client.mjs <folder> <cache>`. */
import { openCache } from "@plimsoll/cache";
import { syncWeights } from "@plimsoll/weights";

const [dir = "", cacheDir = ""] = process.argv.slice(2);
const cache = await openCache({ dir: cacheDir, env: {} });
const { receivedBytes, files } = await syncWeights({ from: dir, dir, cache, env: {} });
const changed = files.filter(({ outcome }) => outcome !== "unchanged");
if (receivedBytes > 0 || changed.length > 0) throw new Error("something was done");
