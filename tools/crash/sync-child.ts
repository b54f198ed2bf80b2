import { openCache } from "@plimsoll/cache";
import { syncWeights } from "@plimsoll/weights";

/** One sync in a process of its own: `<store> <folder> <cache>`; what came of it is a line of JSON. */
const [from = "", dir = "", cacheDir = ""] = process.argv.slice(2);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
try {
  const cache = await openCache({ dir: cacheDir, env: {} });
  // Small pieces, so that a small file has lanes that are written side by side.
  const fetch = { segmentBytes: 262_144 };
  const { files } = await syncWeights({ from, dir, cache, model: "m", release: "v2.0.0", fetch });
  say({ outcomes: files.map(({ outcome }) => outcome) });
} catch (error) {
  const { code = "none", message } = error as { readonly code?: string; readonly message: string };
  say({ code, message });
  process.exitCode = 1;
}
