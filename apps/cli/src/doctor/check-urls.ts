import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type ParsedManifest, resolveUrl, sizeBounds, type WeightEntry } from "@plimsoll/manifest";
import {
  type Driver,
  type HttpClient,
  httpClient,
  openStore,
  type OpenStoreOptions,
} from "@plimsoll/storage";
import { toFailure } from "../failure.ts";
import { placeholder } from "../placeholder.ts";
import { oneLine } from "../text/one-line.ts";
import { bytesText } from "../text/quantity.ts";
import type { Finding } from "./finding.ts";

export interface CheckUrlsOptions {
  /** Path of the manifest: a relative URL starts there. */
  readonly path: string;
  /** Headers per origin, for what is not public. */
  readonly headers: NonNullable<OpenStoreOptions["credentials"]>;
  readonly env: NonNullable<OpenStoreOptions["env"]>;
  readonly allowHttp: boolean;
  /** Also asks whether a page of this origin may read them. */
  readonly origin?: string | undefined;
  readonly signal: AbortSignal;
}

interface Place {
  /** The weight's name. */
  readonly name: string;
  /** The whole file, neither a part of it nor its index. */
  readonly isWhole: boolean;
  /** `best.pt`, `best.pt: mirror 1`. */
  readonly what: string;
  readonly url: string;
  readonly size: number | undefined;
  /** Smallest and largest size of an entry that states MB only. */
  readonly bounds: { readonly min: number; readonly max: number } | undefined;
}

/** One request at a time to a host would be slow, many would look like an attack. */
const lanes = 8;

function placesOf(name: string, entry: WeightEntry): Place[] {
  const bounds =
    entry.size === undefined && entry.size_mb !== undefined ? sizeBounds(entry) : undefined;
  const of = (what: string, url: string, size: number | undefined, isWhole = true): Place => ({
    name,
    isWhole,
    what,
    url,
    size,
    bounds,
  });
  const { url, mirrors = [], parts = [], chunks } = entry;
  const size = entry.size;
  return [
    ...(url === undefined ? [] : [of(name, url, size)]),
    ...mirrors.map((mirror, index) => of(`${name}: mirror ${index + 1}`, mirror, size)),
    ...parts.map((part, index) => of(`${name}: part ${index + 1}`, part.url, part.size, false)),
    ...(chunks === undefined
      ? []
      : [{ ...of(`${name}: chunk index`, chunks.url, chunks.size, false), bounds: undefined }]),
  ];
}

/** Whether every URL of a manifest can be read, without credentials or with the configured ones, and has the right size. */
export async function checkUrls(
  { manifest }: ParsedManifest,
  options: CheckUrlsOptions,
): Promise<readonly Finding[]> {
  const { allowHttp, env, headers } = options;
  const anonymous = httpClient({ allowHttp, env });
  const configured = httpClient({ allowHttp, env, credentials: headers });
  const base = pathToFileURL(resolve(options.path)).href;
  const places = [...manifest.weights].flatMap(([name, entry]) => placesOf(name, entry));
  const findings: Finding[][] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < places.length; index = next++) {
      options.signal.throwIfAborted();
      const place = places[index];
      if (place)
        findings[index] = await checkPlace(place, base, { anonymous, configured }, options);
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    anonymous.close();
    configured.close();
  }
  const missing = [...manifest.weights].filter(([, { url, parts }]) => !url && !parts);
  return [
    ...missing.map(([name]): Finding => ({
      check: `url: ${oneLine(name)}`,
      state: "broken",
      detail: "the manifest names no URL for it",
      fix: "plimsoll publish writes the URLs, plimsoll manifest rewrite --to <store> sets them",
      code: "E_NOT_FOUND",
    })),
    ...places.flatMap((place, index) => {
      const isOther = ({ name, isWhole }: Place): boolean => name === place.name && isWhole;
      const others = places.flatMap((each, at) => (isOther(each) && at !== index ? [at] : []));
      const other = others.find((at) => findings[at]?.[0]?.state === "ok");
      const mine = findings[index] ?? [];
      // A page has no other source than addresses that anyone may read.
      if (!place.isWhole || other === undefined || options.origin !== undefined) return mine;
      return mine.map((finding) => reachedOtherwise(finding, places[other]?.what ?? ""));
    }),
  ];
}

/** A URL that is closed to strangers breaks no sync that has another source: a private bucket is read by its own URL. */
function reachedOtherwise(finding: Finding, other: string): Finding {
  if (finding.state !== "broken" || finding.code !== "E_AUTH") return finding;
  const { check, detail, fix } = finding;
  return {
    check,
    state: "warning",
    detail: `${detail}; sync takes ${oneLine(other)} instead, which can be read from here`,
    ...(fix === undefined ? {} : { fix }),
  };
}

async function checkPlace(
  place: Place,
  base: string,
  clients: { readonly anonymous: HttpClient; readonly configured: HttpClient },
  options: CheckUrlsOptions,
): Promise<Finding[]> {
  const check = `url: ${oneLine(place.what)}`;
  const url = resolveUrl(place.url, base);
  const shown = oneLine(url.replace(/\?.*$/, ""));
  if (placeholder.test(place.url)) {
    const fix = "plimsoll manifest rewrite --to <store>, or publish, puts the real one there";
    return [
      { check, state: "broken", detail: `${shown} is a placeholder`, fix, code: "E_NOT_FOUND" },
    ];
  }
  try {
    const { size, access, cors } = /^https?:/i.test(url)
      ? await askWeb(url, clients, options)
      : await askStore(url, options);
    const finding = sizeFinding(check, place, size, access);
    // No page reads `s3://`; the sources for pages are the others.
    const isForPages = /^https?:/i.test(url);
    if (options.origin === undefined || finding.state === "broken" || !isForPages) return [finding];
    return [finding, corsFinding(`CORS: ${oneLine(place.what)}`, cors, options.origin)];
  } catch (error) {
    const { code, message } = toFailure(error, options.signal);
    options.signal.throwIfAborted();
    const fix =
      code === "E_AUTH"
        ? 'make it public (plimsoll bucket setup … --public), or give "headers" for its origin in plimsoll.config.json'
        : "curl -I shows the same from here: publish again, or set the URL with plimsoll manifest rewrite";
    return [{ check, state: "broken", detail: `${code} ${message}`, fix, code }];
  }
}

interface Answer {
  readonly size: number | undefined;
  readonly access: string;
  /** The host's `access-control-allow-origin`. */
  readonly cors?: string | undefined;
}

async function askWeb(
  url: string,
  { anonymous, configured }: { readonly anonymous: HttpClient; readonly configured: HttpClient },
  { headers, origin, signal }: CheckUrlsOptions,
): Promise<Answer> {
  const ask = async (client: HttpClient, access: string): Promise<Answer> => {
    const reply = await client.request(url, {
      start: 0,
      end: 1,
      signal,
      ...(origin === undefined ? {} : { headers: { origin } }),
    });
    for await (const bytes of reply.body) if (bytes.length > 0) break;
    const cors = reply.headers["access-control-allow-origin"];
    return { size: reply.totalBytes, access, cors: typeof cors === "string" ? cors : undefined };
  };
  try {
    return await ask(anonymous, "anyone can read it");
  } catch (error) {
    const isConfigured = Object.hasOwn(headers, new URL(url).origin);
    // A private file may also be hidden behind 404.
    if (!isConfigured || !["E_AUTH", "E_NOT_FOUND"].includes(toFailure(error).code)) throw error;
    return await ask(configured, "readable with the configured headers");
  }
}

/** `s3://bucket/key?endpoint=…` and the like: read by the environment's credentials. */
async function askStore(url: string, options: CheckUrlsOptions): Promise<Answer> {
  const { protocol, search } = new URL(url);
  const cut = url.slice(0, url.length - search.length).lastIndexOf("/");
  const folder = protocol === "file:" ? dirname(new URL(url).pathname) : url.slice(0, cut);
  const key = url.slice(cut + 1, url.length - search.length);
  const store = protocol === "file:" ? pathToFileURL(decodeURI(folder)).href : folder + search;
  const driver: Driver = await openStore(store, {
    env: options.env,
    allowHttp: options.allowHttp,
    signal: options.signal,
  });
  try {
    const { stat, body } = await driver.read(decodeURIComponent(key), { signal: options.signal });
    for await (const bytes of body) if (bytes.length > 0) break;
    const access =
      protocol === "file:" ? "a file of this machine" : "readable with your credentials";
    return { size: stat.size, access };
  } finally {
    await driver.close();
  }
}

function sizeFinding(
  check: string,
  { size: expected, bounds }: Place,
  size: number | undefined,
  access: string,
): Finding {
  const isWrong =
    size !== undefined &&
    ((expected !== undefined && size !== expected) ||
      (bounds !== undefined && (size < bounds.min || size > bounds.max)));
  if (!isWrong) {
    const known = size === undefined ? "the host does not tell its size" : bytesText(size);
    return { check, state: "ok", detail: `${access}, ${known}` };
  }
  const wanted =
    expected === undefined ? `about ${bytesText(bounds?.max ?? 0)}` : `${expected} bytes`;
  return {
    check,
    state: "broken",
    detail: `${size} bytes there, ${wanted} in the manifest`,
    fix: "the file was replaced: publish it under a new version",
    code: "E_SIZE",
  };
}

function corsFinding(check: string, allowed: string | undefined, origin: string): Finding {
  if (allowed === "*" || allowed === origin)
    return { check, state: "ok", detail: `pages of ${origin} may read it` };
  return {
    check,
    state: "broken",
    detail: `pages of ${origin} may not read it: the host answers without access-control-allow-origin for it`,
    fix: `plimsoll bucket setup <store> --cors ${origin} --yes; GitHub's downloads never allow it: use a bucket or your own server`,
    code: "E_AUTH",
  };
}
