import { openCache } from "@plimsoll/cache";
import { syncWeights } from "../sync.ts";

/** A sync in a process of its own: `sync-process.ts <from> <dir> <cache> [model]`; prints the outcomes as JSON. */
const [from = "", dir = "", cacheDir = "", model] = process.argv.slice(2);
const cache = await openCache({ dir: cacheDir, env: {} });
const { files, receivedBytes } = await syncWeights({ from, dir, cache, ...(model && { model }) });
const outcomes = Object.fromEntries(files.map(({ name, outcome }) => [name, outcome]));
process.stdout.write(JSON.stringify({ outcomes, receivedBytes }));
