import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { S3Failure } from "./s3-failure.ts";
import type { S3Fault, S3Script } from "./s3-fault.ts";
import {
  fullPowers,
  md5,
  newBucket,
  type S3Bucket,
  type S3Object,
  type S3Powers,
  type S3Upload,
} from "./s3-model.ts";
import type { S3Answer } from "./s3-objects.ts";
import { isPublic } from "./s3-documents.ts";
import { performS3 } from "./s3-operations.ts";
import { readS3Request, type S3Request } from "./s3-request.ts";
import { authenticate } from "./sig-v4.ts";
import { xmlError } from "./s3-xml.ts";

export interface FakeS3Options {
  /** Private buckets that exist from the start; default `["weights"]`. */
  readonly buckets?: readonly string[];
  /** Buckets that anyone may read. */
  readonly publicBuckets?: readonly string[];
  /** Default `fullPowers`. */
  readonly powers?: S3Powers;
  /** Smallest part but the last; default 5 MiB, as everywhere. Tests with small parts lower it. */
  readonly minPartBytes?: number;
  readonly script?: S3Script;
  /** Default `Date.now`. */
  readonly now?: () => number;
}

/** An S3 server in this process, on loopback. */
export interface FakeS3 {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  /** The owner of every bucket. */
  readonly accessKey: string;
  readonly secretKey: string;
  /** Known to the server, with no rights. */
  readonly stranger: { readonly accessKey: string; readonly secretKey: string };
  /** In the order of arrival. */
  readonly requests: readonly S3Request[];
  /** Replaces the script; none without an argument. */
  script(script?: S3Script): void;
  /**
   * The client's sudden end as the server sees it: after `count` more requests are answered nothing is answered or done
   * any more. `revive()` lets the next client in.
   */
  dieAfter(count: number): void;
  revive(): void;
  object(bucket: string, key: string): S3Object | undefined;
  /** What was put as `lifecycle`, `cors`, `policy`, `versioning`, … of a bucket. */
  document(bucket: string, name: string): string | undefined;
  keys(bucket: string): string[];
  /** Stores bytes behind every client's back. */
  put(
    bucket: string,
    key: string,
    bytes: Uint8Array,
    metadata?: Readonly<Record<string, string>>,
  ): void;
  unfinished(bucket: string): readonly S3Upload[];
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a server that answers as S3 servers were seen to: signatures are verified, conditional writes are atomic, an
 * upload that is cut stores nothing. It keeps everything in memory.
 */
export async function fakeS3(options: FakeS3Options = {}): Promise<FakeS3> {
  const owner = { accessKey: "fakeowner", secretKey: "fake-secret-of-the-owner" };
  const stranger = { accessKey: "fakestranger", secretKey: "fake-secret-of-a-stranger" };
  const powers = options.powers ?? fullPowers;
  const minPartBytes = options.minPartBytes ?? 5 * 2 ** 20;
  const now = options.now ?? Date.now;
  const requests: S3Request[] = [];
  const buckets = new Map<string, S3Bucket>();
  let script = options.script;
  let life = Infinity;

  const addBucket = (name: string, publicRead: boolean): void =>
    void buckets.set(name, newBucket(name, publicRead));
  for (const name of options.buckets ?? ["weights"]) addBucket(name, false);
  for (const name of options.publicBuckets ?? []) addBucket(name, true);

  const permit = (request: S3Request): void => {
    const secrets = [owner, stranger];
    const user = authenticate(
      request,
      (key) => secrets.find(({ accessKey }) => accessKey === key)?.secretKey,
      now(),
    );
    const reads = ["GetObject", "HeadObject"].includes(request.operation);
    const bucket = buckets.get(request.bucket);
    const open = reads && bucket !== undefined && isPublic(bucket, request.key);
    if (user !== owner.accessKey && !open) throw new S3Failure("AccessDenied");
  };

  const answer = (request: S3Request, fault: S3Fault): S3Answer => {
    try {
      if (fault.code !== undefined) throw new S3Failure(fault.code);
      permit(request);
      return performS3(buckets, request, { powers, minPartBytes, now: new Date(now()) });
    } catch (error) {
      if (!(error instanceof S3Failure)) throw error;
      const body = error.status === 304 ? "" : xmlError(error.code, error.message, request.rawPath);
      return { status: error.status, headers: { "content-type": "application/xml" }, body };
    }
  };

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readS3Request(message, requests.length + 1);
    requests.push(request);
    const same = requests.filter(
      ({ operation, key }) => operation === request.operation && key === request.key,
    );
    const fault = script?.(request, same.length) ?? {};
    if (fault.delayMs !== undefined) await sleep(fault.delayMs);
    if (fault.refuse || life <= 0) return void message.socket.destroy();
    life--;
    const result = answer(request, fault);
    if (fault.dropAnswer) return void message.socket.destroy();
    request.status = result.status;
    const cors = buckets.get(request.bucket)?.documents.get("cors") ?? "";
    const { origin } = message.headers;
    if (origin !== undefined && cors.includes(`<AllowedOrigin>${origin}</AllowedOrigin>`)) {
      response.setHeader("access-control-allow-origin", origin);
    }
    send(request, response, result, fault);
  };

  const server = createServer((message, response) => {
    // A client that goes away in the middle of its upload has stored nothing.
    serve(message, response).catch(() => message.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...owner,
    stranger,
    requests,
    script: (next) => void (script = next),
    dieAfter: (count) => void (life = count),
    revive: () => void (life = Infinity),
    object: (bucket, key) => buckets.get(bucket)?.objects.get(key),
    document: (bucket, name) => buckets.get(bucket)?.documents.get(name),
    keys: (bucket) => [...(buckets.get(bucket)?.objects.keys() ?? [])],
    put: (bucket, key, bytes, metadata = {}) =>
      void buckets.get(bucket)?.objects.set(key, {
        bytes: Buffer.from(bytes),
        etag: md5(bytes),
        modifiedAt: new Date(now()),
        metadata,
        headers: {},
      }),
    unfinished: (bucket) => [...(buckets.get(bucket)?.uploads.values() ?? [])],
    close,
    [Symbol.asyncDispose]: close,
  };
}

function send(
  request: S3Request,
  response: ServerResponse,
  answer: S3Answer,
  fault: S3Fault,
): void {
  const body = Buffer.from(answer.body ?? "");
  if (fault.wrongByte !== undefined) body[fault.wrongByte] = (body[fault.wrongByte] ?? 0) ^ 0xff;
  response.writeHead(answer.status, {
    "x-amz-request-id": `fake${request.number}`,
    ...answer.headers,
    ...fault.headers,
    ...(answer.status === 204 || answer.status === 304 ? {} : { "content-length": body.length }),
  });
  if (request.method === "HEAD") return void response.end();
  if (fault.cutAfter === undefined) return void response.end(body);
  response.write(body.subarray(0, fault.cutAfter), () => response.destroy());
}
