import { openFetcher } from "@plimsoll/fetch";
import { httpClient } from "@plimsoll/storage";
import { readFile } from "node:fs/promises";

/** A process of its own that fetches files as a program would: `client.js <JSON of ClientJob>`. */
export interface ClientJob {
  /** PEM file of the authority to trust. */
  readonly ca: string;
  readonly files: readonly {
    readonly name: string;
    readonly url: string;
    readonly to: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  /** Ends the process as kill -9 does once this share of the bytes is here. */
  readonly killAt?: number;
}

const job = JSON.parse(process.argv[2] ?? "{}") as ClientJob;
const http = httpClient({ ca: await readFile(job.ca, "utf8") });
const fetcher = openFetcher({
  http,
  onEvent: (event) => {
    if (job.killAt === undefined || event.type !== "progress") return;
    if (event.bytes >= (event.size ?? Infinity) * job.killAt) process.kill(process.pid, "SIGKILL");
  },
});
await Promise.all(job.files.map(({ url, ...file }) => fetcher.fetchFile({ ...file, urls: [url] })));
await fetcher.close();
http.close();
