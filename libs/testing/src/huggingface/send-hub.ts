import type { ServerResponse } from "node:http";
import type { HubAnswer } from "./hub-answer.ts";
import type { HubRequest } from "./hub-fault.ts";

/** Writes an answer; of bytes the range that was asked for. `cutAfter` ends it early. */
export function sendHub(
  { method, headers: asked }: HubRequest,
  response: ServerResponse,
  { status, headers = {}, json, bytes }: HubAnswer,
  cutAfter: number | undefined,
): void {
  if (bytes === undefined) {
    const body = json === undefined ? "" : JSON.stringify(json);
    const type = json === undefined ? {} : { "content-type": "application/json; charset=utf-8" };
    response.writeHead(status, { ...type, "content-length": Buffer.byteLength(body), ...headers });
    return void response.end(method === "HEAD" ? undefined : body);
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(asked["range"] ?? "");
  const start = Number(range?.[1] ?? 0);
  const end = Math.min(range?.[2] ? Number(range[2]) + 1 : bytes.length, bytes.length);
  if (range && start >= bytes.length) {
    return void response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
  }
  response.writeHead(range ? 206 : status, {
    "content-type": "application/octet-stream",
    "content-length": end - start,
    ...(range && { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` }),
    ...headers,
  });
  if (method === "HEAD") return void response.end();
  const stop = Math.min(end, start + (cutAfter ?? Infinity));
  if (stop === end) return void response.end(bytes.subarray(start, end));
  response.write(bytes.subarray(start, stop), () => response.destroy());
}
