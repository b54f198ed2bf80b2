import { abortable } from "../../abortable.ts";
import type { ObjectBody, ReadOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import type { HttpReply, HttpRequest } from "../../http/http-client.ts";
import { HttpError } from "../../http/http-error.ts";
import { retryRequest } from "../../http/retry-request.ts";
import { checkRange, resolveRange, type ByteRange } from "../../range.ts";
import { assetStat } from "./asset-stat.ts";
import { attempt } from "./attempt.ts";
import { home, nameOf, type Asset, type GithubContext, type Release } from "./github-context.ts";

/**
 * An asset's bytes, or a range of them. What is public is read from its page's address, which costs no quota; drafts and
 * private repositories through the API, whose redirect is followed without the token.
 */
export async function readAsset(
  context: GithubContext,
  key: string,
  { release, asset }: { readonly release: Release; readonly asset: Asset },
  options: ReadOptions,
): Promise<ObjectBody> {
  const what = nameOf(context, key);
  const { start, end, ifMatch, signal } = options;
  checkRange(start, end, what);
  const stat = assetStat(key, asset);
  if (ifMatch !== undefined && ifMatch !== stat.etag) {
    throw new StorageError("E_CONFLICT", `${what}: the object is another than expected`);
  }
  const range = resolveRange(asset.size, start, end, what);
  if (range.start === range.end) return { stat, body: nothing() };
  const isWhole = range.start === 0 && range.end === asset.size;
  const request: HttpRequest = {
    headers: { accept: "application/octet-stream" },
    ...(isWhole ? {} : { start: range.start, end: range.end }),
    ...(signal && { signal }),
  };
  const { sleep, random } = context.driver;
  const reply = await retryRequest(() => ask(context, key, release, asset, request), {
    sleep,
    random,
    signal,
  });
  return { stat, body: cutTo(abortable(reply.body, signal), reply.start, range, what) };
}

async function ask(
  context: GithubContext,
  key: string,
  release: Release,
  asset: Asset,
  request: HttpRequest,
): Promise<HttpReply> {
  const { http, settings } = context;
  if (!release.draft && !context.isPrivate) {
    try {
      return await http.request(asset.browser_download_url, request);
    } catch (error) {
      const isHidden = error instanceof HttpError && error.code === "E_NOT_FOUND";
      if (!isHidden || settings.token === undefined) throw error;
      context.isPrivate = true;
    }
  }
  try {
    return await http.request(await signedUrl(context, key, asset, request.signal), request);
  } catch (error) {
    context.signed.delete(asset.id);
    throw error;
  }
}

/**
 * The address that the API redirects to. It wants no token, and refuses one; it is good for about an hour and kept for
 * minutes, so that reading by ranges does not cost a request to the API each.
 */
async function signedUrl(
  context: GithubContext,
  key: string,
  asset: Asset,
  signal: AbortSignal | undefined,
): Promise<string> {
  const now = context.driver.clock.now();
  const known = context.signed.get(asset.id);
  if (known !== undefined && now - known.at < context.tuning.signedMs) return known.url;
  const reply = await attempt(
    context,
    key,
    (request) =>
      context.octokit.rest.repos.getReleaseAsset({
        ...home(context),
        asset_id: asset.id,
        headers: { accept: "application/octet-stream" },
        request: { ...request, redirect: "manual", parseSuccessResponseBody: false },
      }),
    { signal },
  );
  const unread = reply.data as unknown as ReadableStream | null;
  await unread?.cancel();
  const url = (reply.headers as Readonly<Record<string, unknown>>)["location"];
  if (typeof url !== "string") {
    const text = `${nameOf(context, key)}: the API names no address to download from`;
    throw new StorageError("E_NETWORK", text);
  }
  context.signed.set(asset.id, { at: now, url });
  return url;
}

/** The bytes of the range, also where the host sent more. Ends early never: the client sees to that. */
async function* cutTo(
  body: AsyncIterable<Uint8Array>,
  offset: number,
  { start, end }: ByteRange,
  what: string,
): AsyncGenerator<Uint8Array, void, void> {
  let at = offset;
  for await (const part of body) {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, part.length);
    if (from < to) yield part.subarray(from, to);
    at += part.length;
    if (at >= end) return;
  }
  throw new StorageError("E_NETWORK", `${what}: ended with ${end - at} bytes to come; run again`);
}

async function* nothing(): AsyncGenerator<Uint8Array, void, void> {
  yield* [];
}
