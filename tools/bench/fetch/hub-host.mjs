/**
 * A process of its own that answers as the Hugging Face Hub does for one model, and prints its origin:
 * `hub-host.mjs <origin of the bytes> <JSON of the files>`. `resolve` sends readers to another host, as the Hub sends
 * them to its CDN; nothing of the bytes goes through here.
 */
import { createServer } from "node:http";

const [origin = "", list = "[]"] = process.argv.slice(2);
const sha = "0".repeat(40);
const files = new Map(
  JSON.parse(list).map(({ name, size, sha256 }) => {
    const lfs = { oid: sha256, size, pointerSize: 134 };
    return [name, { type: "file", path: name, size, oid: sha, lfs }];
  }),
);
const api = "/api/models/bench/weights";
const page = "/bench/weights/resolve/";

async function answer(request) {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  if (pathname.startsWith(`${api}/revision/`)) return { id: "bench/weights", sha };
  if (pathname.startsWith(`${api}/tree/`)) return [...files.values()];
  if (!pathname.startsWith(`${api}/paths-info/`)) return undefined;
  let body = "";
  for await (const part of request) body += part;
  return JSON.parse(body).paths.flatMap((path) => files.get(path) ?? []);
}

const server = createServer((request, response) => {
  const url = decodeURIComponent(request.url ?? "/");
  if (url.startsWith(page)) {
    const path = url.slice(url.indexOf("/", page.length) + 1);
    const file = files.get(path);
    response.writeHead(file === undefined ? 404 : 302, {
      location: `${origin}/${path}`,
      "x-linked-etag": `"${file?.lfs.oid}"`,
      "x-linked-size": `${file?.size}`,
    });
    response.end();
    return;
  }
  void answer(request).then((value) => {
    response.writeHead(value === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(value ?? {}));
  });
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
