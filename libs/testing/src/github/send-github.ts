import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { GithubAnswer } from "./github-answer.ts";
import type { GithubRequest } from "./github-request.ts";

/** Writes an answer; of stored bytes the range that was asked for. `cutAfter` ends it early. */
export async function sendGithub(
  request: GithubRequest,
  response: ServerResponse,
  { status, headers = {}, json, bytes, raw }: GithubAnswer,
  more: Readonly<Record<string, string>>,
  cutAfter: number | undefined,
): Promise<void> {
  const common = { "x-github-request-id": `FAKE:${request.number}`, ...headers, ...more };
  if (!bytes) {
    const body = raw ?? Buffer.from(json === undefined ? "" : JSON.stringify(json));
    const type = raw ? "application/vnd.github.raw" : "application/json; charset=utf-8";
    const length = status === 204 ? {} : { "content-length": body.length, "content-type": type };
    response.writeHead(status, { ...length, ...common });
    return void response.end(request.method === "HEAD" ? undefined : body);
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers["range"] ?? "");
  const start = Number(range?.[1] ?? 0);
  const end = Math.min(range?.[2] ? Number(range[2]) + 1 : bytes.size, bytes.size);
  if (range && start >= bytes.size) {
    response.writeHead(416, { "content-range": `bytes */${bytes.size}`, ...more });
    return void response.end();
  }
  response.writeHead(range ? 206 : status, {
    "accept-ranges": "bytes",
    "content-length": end - start,
    ...(range && { "content-range": `bytes ${start}-${end - 1}/${bytes.size}` }),
    ...common,
  });
  if (request.method === "HEAD") return void response.end();
  const stop = Math.min(end, start + (cutAfter ?? Infinity));
  await pipeline(bytes.read(start, stop), response, { end: stop === end });
  if (stop < end) response.destroy();
}
