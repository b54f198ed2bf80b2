/** The official client in a process of its own: brings all of a model into a folder, `hub-client.mjs <hub> <folder>`. */
import { snapshotDownload } from "@huggingface/hub";

const [hubUrl = "", cacheDir = ""] = process.argv.slice(2);
console.debug = () => undefined;
await snapshotDownload({ repo: "bench/weights", hubUrl, cacheDir });
