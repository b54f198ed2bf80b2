import { fault, inside, type Place } from "./field.ts";
import { isObject } from "../json/is-object.ts";
import { applyEdits, removeMember, setMember, type JsonEdit } from "../json/json-edit.ts";
import type { JsonMembers } from "../json/json-document.ts";
import type { JsonObject, JsonValue } from "../json/json.ts";
import type { ChunkIndexLocation, ParsedManifest, WeightEntry } from "./manifest.ts";
import { majorVersion, writtenVersion } from "./manifest-version.ts";
import { parseJsonMembers } from "../json/parse-json.ts";
import { parseManifest, type ManifestOptions } from "./parse-manifest.ts";

/** The URLs to set for one weight file. What is left out stays as it is. */
export interface EntryUrls {
  readonly url?: string;
  /** An empty list takes the field away. */
  readonly mirrors?: readonly string[];
  /** Only `url` moves an index that the entry has; all three fields add one. */
  readonly chunks?: ChunkIndexLocation | { readonly url: string };
  /** One for each part, in their order. */
  readonly parts?: readonly { readonly url: string }[];
}

export interface RewriteOptions extends ManifestOptions {
  /** Sets the field `release` too; default: it stays as it is. */
  readonly release?: string;
}

/** Fields before which a new `mirrors` or `chunks` does not come. */
const BEFORE: readonly string[] = [
  "url",
  "size_mb",
  "checksum",
  "algorithm",
  "required",
  "size",
  "mirrors",
  "format",
];

/**
 * The bytes of the same manifest with other URLs. Every byte that is not part of a changed value stays as it was: unknown
 * fields, the order of keys, the way numbers are written, white space. A 1.x manifest that is given mirrors or chunks, which
 * 1.x does not have, becomes version "2.0".
 *
 * `change` is asked for each weight file in order; undefined leaves the file alone. The result is read again: throws what
 * `parseManifest` throws.
 */
export function rewriteUrls(
  parsed: ParsedManifest,
  change: (name: string, entry: WeightEntry) => EntryUrls | undefined,
  options: RewriteOptions = {},
): Uint8Array {
  const { release, ...rest } = options;
  const { bytes, manifest } = parsed;
  const root: Place = { source: rest.source ?? "manifest.json", path: "" };
  const { value: document, members } = parseJsonMembers(bytes, {
    maxBytes: bytes.length,
    maxDepth: Infinity,
    source: root.source,
  });
  const weights = isObject(document) ? document["weights"] : undefined;
  if (!isObject(document) || !isObject(weights)) throw fault(root, "not a manifest");
  const edits: JsonEdit[] = [];
  let newer = false;
  for (const [name, entry] of manifest.weights) {
    const urls = change(name, entry);
    const object = weights[name];
    if (urls === undefined || !isObject(object)) continue;
    const place = inside(inside(root, "weights"), name);
    edits.push(...entryEdits({ bytes, members, object, place }, urls));
    newer ||= (urls.mirrors ?? []).length > 0 || urls.chunks !== undefined;
  }
  const set = (key: string, value: string, after: readonly string[] = []): void => {
    if (document[key] === value) return;
    edits.push(setMember(bytes, members, document, { key, value, after }));
  };
  const isOld = majorVersion(document["version"], inside(root, "version")) === 1;
  if (newer && isOld) set("version", writtenVersion);
  if (release !== undefined) set("release", release, ["version", "description"]);
  const rewritten = applyEdits(bytes, edits);
  parseManifest(rewritten, rest);
  return rewritten;
}

interface Target {
  readonly bytes: Uint8Array;
  readonly members: JsonMembers;
  readonly object: JsonObject;
  readonly place: Place;
}

function entryEdits(target: Target, urls: EntryUrls): JsonEdit[] {
  const { members, object, place } = target;
  const edits: JsonEdit[] = [];
  const set = (key: string, value: JsonValue): void => {
    edits.push(...changed(target, key, value, key === "url" ? [] : BEFORE));
  };
  if (urls.url !== undefined) set("url", urls.url);
  if (urls.mirrors?.length === 0) {
    const edit = removeMember(members, object, "mirrors");
    if (edit !== undefined) edits.push(edit);
  } else if (urls.mirrors !== undefined) {
    set("mirrors", urls.mirrors);
  }
  if (urls.chunks !== undefined) {
    const { chunks } = urls;
    const old = object["chunks"];
    if ("checksum" in chunks) {
      set("chunks", { url: chunks.url, size: chunks.size, checksum: chunks.checksum });
    } else if (isObject(old)) {
      edits.push(...changed({ ...target, object: old }, "url", chunks.url));
    } else {
      throw fault(inside(place, "chunks"), "there is no chunk index whose URL could change");
    }
  }
  if (urls.parts !== undefined) edits.push(...partEdits(target, urls.parts));
  return edits;
}

function partEdits(target: Target, parts: readonly { readonly url: string }[]): JsonEdit[] {
  const old = target.object["parts"];
  if (!Array.isArray(old) || old.length !== parts.length) {
    const have = Array.isArray(old) ? old.length : 0;
    throw fault(inside(target.place, "parts"), `${have} parts, but URLs for ${parts.length}`);
  }
  return parts.flatMap(({ url }, index) => {
    const object: JsonValue = old[index];
    return isObject(object) ? changed({ ...target, object }, "url", url) : [];
  });
}

function changed(
  target: Target,
  key: string,
  value: JsonValue,
  after: readonly string[] = [],
): JsonEdit[] {
  const { bytes, members, object } = target;
  if (JSON.stringify(object[key]) === JSON.stringify(value)) return [];
  return [setMember(bytes, members, object, { key, value, after })];
}
