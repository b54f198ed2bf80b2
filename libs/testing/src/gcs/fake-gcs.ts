import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  GcsObjects,
  GcsRefusal,
  objectResource,
  type GcsObject,
  type GcsObjectFacts,
} from "./gcs-objects.ts";
import { GcsBuckets } from "./gcs-buckets.ts";
import { GcsUploads } from "./gcs-uploads.ts";

export interface FakeGcs {
  /** `http://127.0.0.1:port`, for the client's `apiEndpoint`. */
  readonly endpoint: string;
  readonly objects: GcsObjects;
  /** The resource of a bucket as it stands, and its IAM policy. */
  readonly buckets: GcsBuckets;
  /** `METHOD /path?query` of each request so far. */
  readonly requests: readonly string[];
  /** Runs before each request; an answer given there (true) ends it. For faults. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  close(): Promise<void>;
}

/**
 * A server in this process that keeps the part of Google's JSON API that a store needs: generations and
 * `ifGenerationMatch`, simple and resumable uploads with 308 answers, CRC32C and MD5, ranges, lists with a delimiter,
 * rewrite. It checks no credentials: a signed URL is taken for its path.
 */
export async function fakeGcs(bucket: string): Promise<FakeGcs> {
  const objects = new GcsObjects();
  const requests: string[] = [];
  const buckets = new GcsBuckets([bucket]);
  const routes = new Routes(bucket, objects, new GcsUploads(objects), buckets);
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (fake.intercept?.(request, response) === true) return;
    void answer(routes, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const fake: FakeGcs = {
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    buckets,
    requests,
    intercept: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}

async function answer(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    routes.route(request, Buffer.concat(chunks), response);
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    const status = error instanceof GcsRefusal ? error.status : 500;
    const message = error instanceof Error ? error.message : "unknown";
    send(response, status, { error: { code: status, message, errors: [{ message }] } });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8" }).end(text);
}

class Routes {
  readonly #bucket: string;
  readonly #objects: GcsObjects;
  readonly #uploads: GcsUploads;
  readonly #buckets: GcsBuckets;

  constructor(bucket: string, objects: GcsObjects, uploads: GcsUploads, buckets: GcsBuckets) {
    this.#bucket = bucket;
    this.#objects = objects;
    this.#uploads = uploads;
    this.#buckets = buckets;
  }

  route(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    const administered = this.#buckets.perform(request.method ?? "GET", url, body);
    if (administered !== undefined) return send(response, 200, administered);
    const path =
      /^\/(upload\/)?storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+)(?:\/(?:rewriteTo|copyTo)\/b\/[^/]+\/o\/([^/]+))?)?$/.exec(
        url.pathname,
      );
    if (path === null) return this.#direct(request, url, body, response);
    const [, upload, bucket = "", name, copyTo] = path;
    if (decodeURIComponent(bucket) !== this.#bucket) throw new GcsRefusal(404, "No such bucket");
    if (upload !== undefined) return this.#upload(request, url, body, response);
    if (name === undefined) return this.#list(url, response);
    const key = decodeURIComponent(name);
    if (copyTo !== undefined) return this.#copy(key, decodeURIComponent(copyTo), url, response);
    if (request.method === "DELETE") {
      this.#objects.remove(key);
      response.writeHead(204).end();
      return;
    }
    const object = this.#objects.find(key, url.searchParams.get("generation"));
    if (url.searchParams.get("alt") === "media") return sendBytes(request, object, response);
    send(response, 200, objectResource(this.#bucket, object));
  }

  /** `/bucket/name`, the path of public and signed URLs. */
  #direct(request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse): void {
    const [bucket, ...rest] = url.pathname.slice(1).split("/").map(decodeURIComponent);
    if (bucket !== this.#bucket) throw new GcsRefusal(404, "No such bucket");
    const name = rest.join("/");
    if (request.method === "PUT") {
      this.#objects.put(name, body, {}, null);
      response.writeHead(200).end();
      return;
    }
    sendBytes(request, this.#objects.find(name), response);
  }

  #upload(request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse): void {
    const query = url.searchParams;
    const id = query.get("upload_id");
    if (id !== null) return this.#session(request, id, body, response);
    const match = query.get("ifGenerationMatch");
    if (query.get("uploadType") === "resumable") {
      const facts = (body.length === 0 ? {} : JSON.parse(body.toString())) as GcsObjectFacts;
      const session = this.#uploads.begin(query.get("name") ?? "", facts, match);
      const location = new URL(url);
      location.searchParams.set("upload_id", session);
      response.writeHead(200, { location: location.href }).end();
      return;
    }
    const { facts, bytes } = readMultipart(request.headers["content-type"] ?? "", body);
    const name = facts.name ?? query.get("name") ?? "";
    const object = this.#objects.put(name, bytes, facts, match);
    send(response, 200, objectResource(this.#bucket, object));
  }

  #session(request: IncomingMessage, id: string, body: Buffer, response: ServerResponse): void {
    if (request.method === "DELETE") {
      this.#uploads.abort(id);
      response.writeHead(499).end();
      return;
    }
    const reply = this.#uploads.append(id, body, request.headers["content-range"]);
    if ("object" in reply) return send(response, 200, objectResource(this.#bucket, reply.object));
    const range = reply.receivedBytes > 0 ? { range: `bytes=0-${reply.receivedBytes - 1}` } : {};
    response.writeHead(308, { ...range, "content-length": 0 }).end();
  }

  #list(url: URL, response: ServerResponse): void {
    const prefix = url.searchParams.get("prefix") ?? "";
    const delimiter = url.searchParams.get("delimiter");
    const after = url.searchParams.get("pageToken") ?? "";
    const limit = Number(url.searchParams.get("maxResults") ?? 1000);
    const prefixes = new Set<string>();
    const items: unknown[] = [];
    let nextPageToken: string | undefined;
    for (const name of this.#objects.names(prefix).filter((one) => one > after)) {
      const end = delimiter === null ? -1 : name.indexOf(delimiter, prefix.length);
      const group = end < 0 ? undefined : name.slice(0, end + 1);
      if (items.length + prefixes.size >= limit && !(group !== undefined && prefixes.has(group))) {
        break;
      }
      nextPageToken = name;
      if (group === undefined) items.push(objectResource(this.#bucket, this.#objects.find(name)));
      else prefixes.add(group);
    }
    const isEnd =
      nextPageToken === undefined || nextPageToken === this.#objects.names(prefix).at(-1);
    const page = isEnd ? {} : { nextPageToken };
    send(response, 200, { kind: "storage#objects", prefixes: [...prefixes], items, ...page });
  }

  #copy(from: string, to: string, url: URL, response: ServerResponse): void {
    const source = this.#objects.find(from);
    const match = url.searchParams.get("ifGenerationMatch");
    const copy = this.#objects.put(to, source.bytes, source, match);
    const resource = objectResource(this.#bucket, copy);
    const size = String(source.bytes.length);
    const progress = { totalBytesRewritten: size, objectSize: size };
    send(response, 200, { kind: "storage#rewriteResponse", done: true, ...progress, resource });
  }
}

function sendBytes(request: IncomingMessage, object: GcsObject, response: ServerResponse): void {
  const { bytes } = object;
  const head = {
    "content-type": object.contentType,
    "x-goog-generation": String(object.generation),
    "accept-ranges": "bytes",
    etag: `"${object.generation}"`,
  };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  if (range === null) {
    response.writeHead(200, { ...head, "content-length": bytes.length }).end(bytes);
    return;
  }
  const start = Number(range[1]);
  const end = Math.min(bytes.length, range[2] === "" ? bytes.length : Number(range[2]) + 1);
  if (start >= bytes.length) throw new GcsRefusal(416, "The requested range cannot be satisfied.");
  response
    .writeHead(206, {
      ...head,
      "content-length": end - start,
      "content-range": `bytes ${start}-${end - 1}/${bytes.length}`,
    })
    .end(bytes.subarray(start, end));
}

/** `multipart/related` of two parts: JSON, then the bytes. */
function readMultipart(
  contentType: string,
  body: Buffer,
): { facts: GcsObjectFacts & { name?: string }; bytes: Buffer } {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new GcsRefusal(400, "No boundary");
  const mark = Buffer.from(`--${boundary}`);
  const first = body.indexOf(mark) + mark.length;
  const second = body.indexOf(mark, first);
  const last = body.lastIndexOf(mark);
  const content = (part: Buffer): Buffer => part.subarray(part.indexOf("\r\n\r\n") + 4, -2);
  const facts = JSON.parse(content(body.subarray(first, second)).toString()) as GcsObjectFacts;
  return { facts, bytes: content(body.subarray(second + mark.length, last)) };
}
