/**
 * A process of its own that fetches files as a program would, from built code: `client.mjs <JSON of ClientJob>`.
 */
import { openFetcher } from "@plimsoll/fetch";
import { httpClient } from "@plimsoll/storage";
import { readFile } from "node:fs/promises";

const job = JSON.parse(await readFile(process.argv[2],"utf8"));
const http = httpClient({ ca: await readFile(job.ca, "utf8") });
const fetcher = openFetcher({
  http,
  onEvent(event) {
    if (job.killAt === undefined || event.type !== "progress") return;
    if (event.bytes >= event.size * job.killAt) process.kill(process.pid, "SIGKILL");
  },
});
await Promise.all(job.files.map(({ url, ...file }) => fetcher.fetchFile({ ...file, urls: [url] })));
await fetcher.close();
http.close();
