import { homedir } from "node:os";
import { posix, win32 } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { StorageError } from "./error.ts";
import { looksSecret } from "./secret-option.ts";
import type { StoreKind, StoreLocation } from "./store-location.ts";
import { storeOptions } from "./store-option.ts";

/** What a relative folder is taken from. */
export interface ParseStoreUrlOptions {
  /** Default: the process's. */
  readonly cwd?: string;
  /** Default: this machine's. */
  readonly platform?: NodeJS.Platform;
}

const forms =
  "./dir, /dir, file:///dir, s3://bucket/prefix, gs://bucket/prefix, github://owner/repo, hf://owner/repo or https://host/prefix";

/** `x:\dir`, `x:/dir` or `\\host\share`; `x:dir` means something else on each day and is refused. */
const windowsPath = /^(?:[A-Za-z]:[\\/]|\\\\[^\\/])/;

const bucketForm = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;
const prefixSegment = /^[A-Za-z0-9_.+@=,!~()'*-]{1,255}$/;
const ownerForm = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9])?$/;
const repoForm = /^[A-Za-z0-9_.-]{1,100}$/;

/**
 * Takes a store URL of docs/protocol/store-layout.md apart. Nothing is looked at on disk or in the network. Throws
 * `E_USAGE` for a text that is no store URL, for an option that its kind does not have (with the list of those it has),
 * and for user names, passwords and whatever looks like a secret, without repeating it.
 */
export function parseStoreUrl(text: string, options: ParseStoreUrlOptions = {}): StoreLocation {
  const platform = options.platform ?? process.platform;
  if (windowsPath.test(text)) return folder(win32.normalize(text), true);
  const path = platform === "win32" ? win32 : posix;
  if (/^\.{1,2}(?:$|[\\/])/.test(text) || text.startsWith("/")) {
    return folder(path.resolve(options.cwd ?? process.cwd(), text), platform === "win32");
  }
  if (text === "~" || text.startsWith("~/")) {
    return folder(path.join(homedir(), text.slice(1)), platform === "win32");
  }
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    const hint = /^[\w.-]+([\\/]|$)/.test(text) ? `; for a folder write ./${text}` : "";
    throw usage(`"${show(text)}" is no store URL: ${forms}${hint}`);
  }
  const url = parseUrl(text);
  switch (scheme) {
    case "file":
      return fileLocation(url, platform === "win32");
    case "http":
    case "https":
      return webLocation(url);
    case "s3":
      return bucketLocation("s3", url);
    case "gs":
      return bucketLocation("gcs", url);
    case "github":
      return repositoryLocation("github", url);
    case "hf":
      return repositoryLocation("huggingface", url);
    default:
      throw usage(`"${show(text)}": stores at ${scheme}:// are not known: ${forms}`);
  }
}

function folder(root: string, windows: boolean): StoreLocation {
  if (root.includes("\0")) throw usage("a folder's path cannot hold a NUL character");
  const trimmed = root.length > 1 ? root.replace(/(?<=[^:\\/])[\\/]+$/, "") : root;
  return {
    kind: "file",
    url: pathToFileURL(trimmed, { windows }).href,
    root: trimmed,
    prefix: "",
    options: {},
  };
}

function parseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw usage(`"${show(text)}" is no URL`, { cause });
  }
  if (url.username !== "" || url.password !== "") {
    throw usage(
      `${show(text)}: no user name or password in a store URL; secrets come from the environment`,
    );
  }
  if (url.hash !== "") throw usage(`${show(text)}: a store URL has no part after #`);
  return url;
}

function fileLocation(url: URL, windows: boolean): StoreLocation {
  readOptions("file", url);
  const bare = new URL(url.href);
  bare.search = "";
  try {
    return folder(fileURLToPath(bare, { windows }), windows);
  } catch (cause) {
    throw usage(`${show(url.href)}: not a folder of this machine, write file:///dir`, { cause });
  }
}

function webLocation(url: URL): StoreLocation {
  readOptions("http", url);
  const prefix = url.pathname.replace(/^\/+|\/+$/g, "");
  return {
    kind: "http",
    url: prefix === "" ? url.origin : `${url.origin}/${prefix}`,
    root: url.origin,
    prefix,
    options: {},
  };
}

function bucketLocation(kind: "s3" | "gcs", url: URL): StoreLocation {
  const scheme = kind === "gcs" ? "gs" : kind;
  const root = url.host;
  if (!bucketForm.test(root)) {
    throw usage(`${show(url.href)}: "${root}" is no bucket name, write ${scheme}://bucket/prefix`);
  }
  const prefix = url.pathname.replace(/^\/+|\/+$/g, "");
  for (const segment of prefix === "" ? [] : prefix.split("/")) {
    if (!prefixSegment.test(segment)) {
      throw usage(`${show(url.href)}: "${segment}" cannot be part of a store's prefix`);
    }
  }
  return remote(kind, `${scheme}://${root}${prefix === "" ? "" : `/${prefix}`}`, root, prefix, url);
}

function repositoryLocation(kind: "github" | "huggingface", url: URL): StoreLocation {
  const scheme = kind === "github" ? "github" : "hf";
  const owner = url.host;
  const names = url.pathname.split("/").filter((name) => name !== "");
  if (kind === "huggingface" && (owner === "datasets" || owner === "spaces")) {
    throw usage(
      `${show(url.href)}: ${owner} are no stores, write hf://owner/repo for a model repo`,
    );
  }
  const [repo] = names;
  if (names.length !== 1 || repo === undefined || !ownerForm.test(owner) || !repoForm.test(repo)) {
    throw usage(`${show(url.href)}: write ${scheme}://owner/repo`);
  }
  return remote(kind, `${scheme}://${owner}/${repo}`, `${owner}/${repo}`, "", url);
}

function remote(
  kind: StoreKind,
  address: string,
  root: string,
  prefix: string,
  url: URL,
): StoreLocation {
  const options = readOptions(kind, url);
  // Left as typed where that is harmless: a person compares this URL with what stands in the config.
  const query = Object.entries(options)
    .map(
      ([name, value]) =>
        `${name}=${encodeURIComponent(value).replace(/%(?:3A|2F)/g, decodeURIComponent)}`,
    )
    .join("&");
  return { kind, url: query === "" ? address : `${address}?${query}`, root, prefix, options };
}

function readOptions(kind: StoreKind, url: URL): Readonly<Record<string, string>> {
  const known = storeOptions[kind];
  const options: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (looksSecret(name, value)) {
      throw usage(
        `${show(url.href)}: option "${name}" looks like a secret; secrets come from the environment`,
      );
    }
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (option === undefined) {
      const names = Object.keys(known);
      throw usage(
        `${show(url.href)}: unknown option "${name}"; ${names.length === 0 ? "this kind of store has none" : `known: ${names.join(", ")}`}`,
      );
    }
    if (Object.hasOwn(options, name)) throw usage(`${show(url.href)}: option "${name}" twice`);
    checkValue(name, value, option.value, url);
    options[name] = value;
  }
  return options;
}

function checkValue(name: string, value: string, form: "url" | "boolean" | "text", url: URL): void {
  if (form === "boolean" && !/^(?:1|0|true|false)$/.test(value)) {
    throw usage(`${show(url.href)}: ${name} is true or false`);
  }
  if (form === "text" && !/^[\w./:+@-]{1,255}$/.test(value)) {
    throw usage(`${show(url.href)}: ${name} has a value that cannot be used`);
  }
  if (form !== "url") return;
  const target = URL.canParse(value) ? new URL(value) : undefined;
  if (target === undefined || !/^https?:$/.test(target.protocol)) {
    throw usage(`${show(url.href)}: ${name} is an address that starts with https://`);
  }
  if (target.username !== "" || target.password !== "" || target.search !== "") {
    throw usage(`${show(url.href)}: ${name} has no user, password or query`);
  }
}

/** A URL for a message: what stands after `?` and before `@` may be the secret that is being refused. */
function show(text: string): string {
  const bare = text.replace(/\?.*$/s, "?…").replace(/\/\/[^/]*@/, "//…@");
  return bare.length <= 200 ? bare : `${bare.slice(0, 199)}…`;
}

function usage(message: string, options?: ErrorOptions): StorageError {
  return new StorageError("E_USAGE", message, options);
}
