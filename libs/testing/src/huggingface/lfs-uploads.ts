import { createHash } from "node:crypto";
import { HubRefusal, type HubAnswer } from "./hub-answer.ts";
import type { HubRequest } from "./hub-fault.ts";
import type { HubRepository } from "./hub-repository.ts";

/** The host that takes large files. */
export interface LfsShelf {
  readonly origin: string;
  /** Larger files are uploaded in parts of this size. */
  readonly partBytes: number;
  readonly repositories: ReadonlyMap<string, HubRepository>;
  /** Parts by repository, object and number. */
  readonly parts: Map<string, Buffer>;
}

/** Git LFS's batch call, with the hub's own transfer "multipart"; Xet is not offered. */
export function lfsBatch(shelf: LfsShelf, repository: HubRepository, body: string): HubAnswer {
  const { operation, hash_algo, transfers, objects } = JSON.parse(body) as {
    operation: string;
    hash_algo: string;
    transfers: string[];
    objects: { oid: string; size: number }[];
  };
  if (operation !== "upload" || hash_algo !== "sha_256" || !transfers.includes("basic")) {
    throw new HubRefusal(422, "Not an upload");
  }
  const base = `${shelf.origin}/${repository.name}`;
  const answers = objects.map(({ oid, size }) => {
    if (!/^[0-9a-f]{64}$/.test(oid)) throw new HubRefusal(422, "Invalid oid");
    if (repository.objects.has(oid)) return { oid, size };
    const count = size > shelf.partBytes ? Math.ceil(size / shelf.partBytes) : 0;
    const href = `${base}/${oid}`;
    const parts = Array.from({ length: count }, (_, index) => [
      String(index + 1).padStart(5, "0"),
      `${href}?part=${index + 1}&Signature=x`,
    ]);
    const header = { chunk_size: String(shelf.partBytes), ...Object.fromEntries(parts) };
    const upload =
      count === 0 ? { href: `${href}?Signature=x` } : { href: `${href}?complete=1`, header };
    return { oid, size, authenticated: true, actions: { upload } };
  });
  const transfer = objects.some(({ size }) => size > shelf.partBytes) ? "multipart" : "basic";
  return { status: 200, json: { transfer, objects: answers } };
}

/** Takes a file, a part, or the word that all parts are there. The bytes must have the digest that they are named by. */
export function takeUpload(shelf: LfsShelf, request: HubRequest, bytes: Buffer): HubAnswer {
  const url = new URL(request.path, shelf.origin);
  const [owner, name, oid = ""] = url.pathname.slice(1).split("/");
  const repository = shelf.repositories.get(`${owner}/${name}`);
  if (repository === undefined) throw new HubRefusal(404, "No such bucket");
  if (request.headers["authorization"] !== undefined) {
    throw new HubRefusal(400, "Only one auth mechanism allowed");
  }
  if (Number(request.headers["content-length"]) !== bytes.length) {
    throw new HubRefusal(411, "MissingContentLength");
  }
  const part = url.searchParams.get("part");
  if (request.method === "PUT" && part !== null) {
    shelf.parts.set(`${oid} ${part}`, bytes);
    return { status: 200, headers: { etag: `"${oid.slice(0, 8)}-${part}"` } };
  }
  if (request.method === "PUT") return keep(repository, oid, bytes);
  const { parts } = JSON.parse(bytes.toString()) as {
    parts: { partNumber: number; etag: string }[];
  };
  const pieces = parts.map(({ partNumber, etag }) => {
    const piece = shelf.parts.get(`${oid} ${partNumber}`);
    if (piece === undefined || etag !== `"${oid.slice(0, 8)}-${partNumber}"`) {
      throw new HubRefusal(400, `Invalid part ${partNumber}`);
    }
    return piece;
  });
  return keep(repository, oid, Buffer.concat(pieces));
}

function keep(repository: HubRepository, oid: string, bytes: Buffer): HubAnswer {
  if (createHash("sha256").update(bytes).digest("hex") !== oid) {
    throw new HubRefusal(400, "The content does not have the digest that it is named by");
  }
  repository.objects.set(oid, bytes);
  return { status: 200, headers: { etag: `"${oid.slice(0, 32)}"` } };
}
