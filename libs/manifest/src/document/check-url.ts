import { pathFault } from "../names/name.ts";
import { textLimits } from "./manifest-limits.ts";

/** Where a manifest may say that bytes are. Which of them a client takes is the client's choice. */
export const urlSchemes = ["https", "http", "s3", "gs", "hf", "github", "file"] as const;

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;

/**
 * Why `url` may not stand in a manifest, or undefined if it may: an absolute URL of a known scheme without user name and
 * password, or a relative one (`./best.pt`, `weights/best.pt`) that stays below the manifest's own folder. The answer
 * never repeats the URL, which may hold a secret.
 */
export function urlFault(url: string): string | undefined {
  if (url === "") return "an empty URL";
  if (url.length > textLimits.url) return `longer than ${textLimits.url} characters`;
  if (!/^[\x21-\x7e]+$/.test(url)) return "white space or a character to be percent-encoded";
  if (url.includes("\\")) return "a backslash";
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase();
  return scheme === undefined ? relativeFault(url) : absoluteFault(url, scheme);
}

function absoluteFault(url: string, scheme: string): string | undefined {
  if (!urlSchemes.some((known) => known === scheme)) {
    return `scheme "${scheme.slice(0, 20)}" is none of ${urlSchemes.join(", ")}`;
  }
  if (!/^[^:]+:\/\//.test(url)) return `"//" is missing after "${scheme}:"`;
  if (!URL.canParse(url)) return "not a URL";
  const { username, password, host } = new URL(url);
  if (username !== "" || password !== "") {
    return "a user name or password: credentials belong into the environment";
  }
  // An empty host of http(s) is no URL at all; a file's host would be a network share.
  if (scheme === "file" ? host !== "" : host === "") return "a host that does not fit the scheme";
  return undefined;
}

function relativeFault(url: string): string | undefined {
  const fault = pathFault(url.startsWith("./") ? url.slice(2) : url);
  return fault === undefined
    ? undefined
    : `neither absolute nor a path below the manifest: ${fault}`;
}
