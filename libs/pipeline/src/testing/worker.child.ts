import { openWorker, type WorkerOptions } from "../queue/open-worker.ts";

/** A worker in a process of its own, for tests that kill it. */
const options = JSON.parse(process.argv[2] ?? "") as WorkerOptions;
await openWorker({ ...options, log: (line) => process.stdout.write(`${line}\n`) });
process.stdout.write("ready\n");
