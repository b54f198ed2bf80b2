/**
 * `node client.mjs <url> <seconds> <at once> <json|binary>`: asks a server for predictions, each connection one after the
 * other. Prints `{ perSecond, failed, versions, latencies }`, latencies as [end, ms] since the start.
 */
import http from "node:http";
import { readFileSync } from "node:fs";

const [url, seconds, atOnce, bodyFile, jsonLength] = process.argv.slice(2);
const body = readFileSync(bodyFile);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(atOnce) });
const headers =
  Number(jsonLength) > 0
    ? {
        "content-type": "application/octet-stream",
        "inference-header-content-length": jsonLength,
        "content-length": body.length,
      }
    : { "content-type": "application/json", "content-length": body.length };
const latencies = [];
const versions = {};
let failed = 0;
const began = performance.now();
const untilMs = Number(seconds) * 1000;

const ask = () =>
  new Promise((resolve) => {
    const sent = performance.now();
    const request = http.request(url, { method: "POST", agent, headers }, (reply) => {
      reply.resume();
      reply.once("end", () => {
        const now = performance.now();
        if (reply.statusCode !== 200) failed += 1;
        const version = reply.headers["x-model-version"] ?? "none";
        versions[version] ??= now - began;
        latencies.push([now - began, now - sent]);
        resolve();
      });
    });
    request.once("error", () => {
      failed += 1;
      resolve();
    });
    request.end(body);
  });

await Promise.all(
  Array.from({ length: Number(atOnce) }, async () => {
    while (performance.now() - began < untilMs) await ask();
  }),
);
const elapsed = performance.now() - began;
agent.destroy();
console.log(
  JSON.stringify({
    perSecond: (latencies.length / elapsed) * 1000,
    failed,
    versions,
    latencies,
  }),
);
