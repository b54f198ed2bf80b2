import type { IncomingMessage } from "node:http";
import { GithubFailure, invalid, notFound, type GithubAnswer } from "./github-answer.ts";
import type { GithubFault } from "./github-fault.ts";
import type { GithubAsset, GithubRelease } from "./github-model.ts";
import type { GithubRequest } from "./github-request.ts";
import type { GithubSetting } from "./github-setting.ts";
import { assetJson } from "./release-json.ts";

const frozen = "Cannot upload assets to an immutable release.";

/** One asset by its id: `GET`, `PATCH`, `DELETE`. */
export function assetRoutes(
  setting: GithubSetting,
  request: GithubRequest,
  id: number,
): GithubAnswer | undefined {
  const { release, asset } = findAsset(setting, id);
  const { repository, hosts } = setting;
  if (request.method === "GET") {
    if (request.headers["accept"] !== "application/octet-stream") {
      return { status: 200, json: assetJson(repository, release, asset, hosts) };
    }
    if (asset.state !== "uploaded") throw notFound();
    return { status: 302, headers: { location: signedUrl(setting, asset) } };
  }
  setting.expectOwner();
  if (release.immutable) throw new GithubFailure(422, frozen);
  if (request.method === "DELETE") {
    release.assets.delete(asset.id);
    return { status: 204 };
  }
  if (request.method !== "PATCH") return undefined;
  const name = request.json["name"];
  if (typeof name === "string") {
    expectFreeName(release, name, asset);
    asset.name = name;
  }
  if (typeof request.json["label"] === "string") asset.label = request.json["label"];
  return { status: 200, json: assetJson(repository, release, asset, hosts) };
}

/** `GET /<owner>/<repo>/releases/download/<tag>/<name>` of the web host: only what is published and public. */
export function webDownload(setting: GithubSetting, tag: string, name: string): GithubAnswer {
  for (const release of setting.repository.releases.values()) {
    if (release.draft || release.tag !== tag || setting.repository.private) continue;
    for (const asset of release.assets.values()) {
      if (asset.name !== name || asset.state !== "uploaded") continue;
      return { status: 302, headers: { location: signedUrl(setting, asset) } };
    }
  }
  throw notFound();
}

/** The storage host: the signature is all it wants, and it refuses an `Authorization` beside it. */
export function storedDownload(setting: GithubSetting, request: GithubRequest): GithubAnswer {
  if (request.headers["authorization"] !== undefined) {
    return { status: 400, raw: Buffer.from("InvalidAuthenticationInfo") };
  }
  // The signature was given to who may read it.
  const id = Number(request.path.split("/").at(-1));
  const { asset } = findAsset({ ...setting, role: "owner" }, id);
  const expires = Number(request.query.get("se"));
  if (!(expires > setting.now().getTime())) return { status: 618, raw: Buffer.from("jwt:expired") };
  if (!asset.bytes) throw notFound();
  return {
    status: 200,
    bytes: asset.bytes,
    headers: { "content-type": asset.contentType, etag: `"0x${asset.bytes.sha256.slice(0, 16)}"` },
  };
}

/** `POST …/releases/<id>/assets?name=`: one body, no multipart, no resume. */
export async function uploadAsset(
  setting: GithubSetting,
  request: GithubRequest,
  message: IncomingMessage,
  fault: GithubFault,
): Promise<GithubAnswer> {
  setting.expectOwner();
  const { repository, hosts, shelf } = setting;
  const id = Number(/\/releases\/(\d+)\/assets$/.exec(request.path)?.[1]);
  const release = repository.releases.get(id) ?? fail(notFound());
  const length = request.headers["content-length"];
  if (length === undefined) throw new GithubFailure(400, "Bad Content-Length: ");
  if (request.headers["content-type"] === undefined) {
    throw new GithubFailure(400, "Missing Content-Type");
  }
  const name = fault.rename ?? githubName(request.query.get("name") ?? "");
  const refusal = whyRefused(setting, release, name, Number(length));
  if (refusal) {
    // The small ones are read to their end, so that the client sees the answer and not a broken pipe.
    if (Number(length) <= 64 * 2 ** 20) for await (const part of message) void part;
    throw refusal;
  }
  const asset: GithubAsset = {
    id: setting.nextId(),
    name,
    label: request.query.get("label") ?? "",
    state: "starter",
    contentType: request.headers["content-type"],
    size: 0,
    digest: null,
    bytes: undefined,
    createdAt: setting.now(),
  };
  release.assets.set(asset.id, asset);
  const bytes = await shelf.keep(cut(message, fault.cutUploadAfter), (chunk) => {
    const at = fault.damage;
    if (at !== undefined && at < chunk.length) chunk[at] = (chunk[at] ?? 0) ^ 0xff;
  });
  if (fault.loseUpload || fault.status !== undefined) {
    throw new GithubFailure(fault.status ?? 502, fault.message ?? "Server Error");
  }
  if (!release.assets.has(asset.id)) throw notFound();
  asset.bytes = bytes;
  asset.size = bytes.size;
  asset.digest = fault.noDigest ? null : `sha256:${bytes.sha256}`;
  asset.state = "uploaded";
  return { status: 201, json: assetJson(repository, release, asset, hosts) };
}

function whyRefused(
  { caps }: GithubSetting,
  release: GithubRelease,
  name: string,
  length: number,
): GithubFailure | undefined {
  if (release.immutable) return new GithubFailure(422, frozen);
  if (length === 0) {
    const text = "size must be greater than or equal to 1";
    return invalid("ReleaseAsset", "custom", "size", text);
  }
  if (length > caps.maxAssetBytes) {
    const text = `size must be less than ${caps.maxAssetBytes + 1}`;
    return invalid("ReleaseAsset", "custom", "size", text);
  }
  if (release.assets.size >= caps.maxAssets) {
    const text = `file_count limited to ${caps.maxAssets} assets per release`;
    return invalid("ReleaseAsset", "custom", "file_count", text);
  }
  try {
    expectFreeName(release, name);
    return undefined;
  } catch (error) {
    return error as GithubFailure;
  }
}

function expectFreeName(release: GithubRelease, name: string, self?: GithubAsset): void {
  if (name === "") throw invalid("ReleaseAsset", "missing_field", "name");
  for (const other of release.assets.values()) {
    if (other !== self && other.name === name) {
      throw invalid("ReleaseAsset", "already_exists", "name");
    }
  }
}

/** What GitHub makes of a name: other characters become dots, dots do not stand in a row or at an end. */
export function githubName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9\-_+@.]/g, ".")
    .replace(/\.{2,}/g, ".")
    .replace(/^\./, "default.")
    .replace(/\.$/, "");
}

function findAsset(
  { repository, role }: GithubSetting,
  id: number,
): { readonly release: GithubRelease; readonly asset: GithubAsset } {
  for (const release of repository.releases.values()) {
    const asset = release.assets.get(id);
    if (asset && (!release.draft || role === "owner")) return { release, asset };
  }
  throw notFound();
}

/** Good for an hour, as GitHub's. */
function signedUrl({ hosts, now }: GithubSetting, asset: GithubAsset): string {
  return `${hosts.storage}/release-assets/${asset.id}?se=${now().getTime() + 3_600_000}&sig=fake`;
}

async function* cut(
  message: IncomingMessage,
  after: number | undefined,
): AsyncGenerator<Buffer, void, void> {
  let left = after ?? Infinity;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    left -= chunk.length;
    if (left < 0) throw new Error("the upload was cut");
    yield chunk;
  }
}

function fail(failure: GithubFailure): never {
  throw failure;
}
