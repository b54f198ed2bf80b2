import type { ByteSource } from "../../byte-source.ts";
import type { WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { checkWebAddress } from "../../http/web-address.ts";
import { onAbort } from "../../on-abort.ts";
import { asFault, asStorageError, attempt, orAbsent, waitAfter } from "./attempt.ts";
import { home, nameOf, type Asset, type GithubContext, type Release } from "./github-context.ts";
import { isTaken } from "./github-error.ts";
import { listAssets } from "./releases.ts";
import { uploadBody } from "./upload-body.ts";

/** What goes up, and under which name. */
export interface AssetUpload {
  /** For messages. */
  readonly key: string;
  readonly release: Release;
  readonly name: string;
  readonly label: string;
  readonly source: ByteSource;
}

/** Thrown where the name is another asset's. */
export class NameTaken extends Error {
  override readonly name = "NameTaken";
}

/**
 * Uploads one asset, again where that may help. What a broken try left is removed first, since it blocks the name (row
 * S5); a try whose answer was lost is found. GitHub's digest must be that of the bytes that left.
 *
 * Throws `NameTaken`, `E_DIGEST` with nothing left, what the source throws, and the host's refusals.
 */
export async function uploadAsset(
  context: GithubContext,
  upload: AssetUpload,
  options: Pick<WriteOptions, "signal" | "sha256" | "contentType" | "onProgress">,
): Promise<Asset> {
  const { signal } = options;
  checkWebAddress(
    new URL(upload.release.upload_url.replace(/\{.*$/, "")),
    context.driver.allowHttp,
  );
  for (let count = 1; ; count += 1) {
    const sent = await send(context, upload, options);
    if ("asset" in sent) {
      const bad = whyWrong(sent.asset, sent.sha256, upload.source, options.sha256);
      if (bad === undefined) return sent.asset;
      await removeAsset(context, sent.asset, upload.key);
      // Bytes that changed on the way are sent once more; a source with other bytes stays what it is.
      const isOnTheWay = options.sha256 === undefined || options.sha256 === sent.sha256;
      if (!isOnTheWay || count >= 2) throw bad;
      continue;
    }
    if (isTaken(sent.error, "name") && count === 1) throw new NameTaken();
    const found = await clear(context, upload, sent.sha256);
    signal?.throwIfAborted();
    if (sent.isSource) throw sent.error;
    if (found !== undefined) return found;
    const fault = asFault(sent.error);
    const wait = waitAfter(context, fault, count, upload.key);
    if (wait === undefined && !isTaken(fault, "name")) {
      throw asStorageError(context, fault, upload.key);
    }
    await context.driver.sleep(wait ?? 1000, signal);
  }
}

/** Removes an asset; one that is gone is no error. */
export async function removeAsset(
  context: GithubContext,
  asset: Pick<Asset, "id">,
  key: string,
): Promise<void> {
  const call = context.octokit.rest.repos.deleteReleaseAsset;
  await orAbsent(
    attempt(context, key, (request) => call({ ...home(context), asset_id: asset.id, request })),
  );
}

type Sent =
  | { readonly asset: Asset; readonly sha256: string }
  | { readonly error: unknown; readonly isSource: boolean; readonly sha256: string | undefined };

/** One request with the whole body. It may take hours, but not be silent for long. */
async function send(
  context: GithubContext,
  { release, name, label, source }: AssetUpload,
  { signal, contentType, onProgress }: WriteOptions,
): Promise<Sent> {
  signal?.throwIfAborted();
  const { clock } = context.driver;
  const own = new AbortController();
  const takeBack = onAbort(signal, () => own.abort());
  let calm = (): void => undefined;
  const watch = (): void => {
    calm();
    calm = clock.after(context.tuning.uploadIdleMs, () => own.abort());
  };
  watch();
  const body = uploadBody(source, own.signal, (bytes) => {
    watch();
    onProgress?.(bytes);
  });
  try {
    const { data } = await context.octokit.rest.repos.uploadReleaseAsset({
      ...home(context),
      url: release.upload_url,
      release_id: release.id,
      name,
      label,
      // The SDK's type knows text only; it hands the body to fetch as it is.
      data: body.bytes as unknown as string,
      headers: {
        "content-length": source.size,
        "content-type": contentType ?? "application/octet-stream",
      },
      request: { signal: own.signal },
    });
    return { asset: data, sha256: body.digest() };
  } catch (error) {
    const failure = own.signal.aborted ? undefined : body.failure();
    const isSource = failure !== undefined;
    return { error: failure ?? error, isSource, sha256: isSource ? undefined : body.digest() };
  } finally {
    calm();
    takeBack();
  }
}

/** Looks what a failed try left: the whole asset, where only the answer was lost; anything else of it is removed. */
async function clear(
  context: GithubContext,
  { release, name, label, source, key }: AssetUpload,
  sha256: string | undefined,
): Promise<Asset | undefined> {
  const assets = await listAssets(context, release, key).catch(() => []);
  const left = assets.find((asset) => asset.name === name || (label && asset.label === label));
  if (left === undefined) return undefined;
  if (left.state === "uploaded") {
    const isOurs = left.size === source.size && left.digest === `sha256:${sha256}`;
    return isOurs ? left : undefined;
  }
  await removeAsset(context, left, key);
  return undefined;
}

function whyWrong(
  asset: Asset,
  sent: string,
  source: ByteSource,
  expected: string | undefined,
): StorageError | undefined {
  const fail = (text: string): StorageError =>
    new StorageError("E_DIGEST", `${source.label}: ${text}; nothing was stored`);
  if (expected !== undefined && expected !== sent) {
    return fail(`${expected} expected, the bytes have ${sent}`);
  }
  if (asset.state !== "uploaded" || asset.size !== source.size) {
    return fail(`GitHub holds ${asset.size} bytes of it as "${asset.state}"`);
  }
  const stated = asset.digest?.replace(/^sha256:/, "");
  if (stated === undefined || stated === sent) return undefined;
  return fail(`${sent} was sent, GitHub holds ${stated}`);
}

/** The refusal of a name that is taken for good. */
export function exists(context: GithubContext, key: string): StorageError {
  return new StorageError(
    "E_EXISTS",
    `${nameOf(context, key)}: exists already and is not overwritten; publish under a new version`,
  );
}
