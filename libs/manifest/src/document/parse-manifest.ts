import { sha256 } from "../bytes/digest.ts";
import { ManifestError } from "../error.ts";
import { fault, inside, kindOf, objectAt, textAt, type Place } from "./field.ts";
import { isObject } from "../json/is-object.ts";
import type { JsonMembers } from "../json/json-document.ts";
import type { JsonObject, JsonValue } from "../json/json.ts";
import { manifestLimits, textLimits, type ManifestLimits } from "./manifest-limits.ts";
import type { Manifest, ParsedManifest, WeightEntry } from "./manifest.ts";
import { majorVersion } from "./manifest-version.ts";
import { isModelName } from "../names/model-name.ts";
import { checkNames } from "../names/name.ts";
import { parseJsonMembers } from "../json/parse-json.ts";
import { printable, printableBytes } from "../text/printable.ts";
import { readEntry } from "./read-entry.ts";
import { parseRelease } from "../names/release.ts";
import { sizeBounds } from "./size-mb.ts";
import { isUtcTime } from "../text/utc-time.ts";

/** What `parseManifest` takes; caps not given are those of `manifestLimits`. */
export interface ManifestOptions extends Partial<ManifestLimits> {
  /** Path or URL (without secrets) of the manifest, for messages; default `manifest.json`. */
  readonly source?: string;
}

/**
 * Reads a manifest of format 1.x or 2.x, or a `WEIGHTS_URLS.json`, from its bytes and checks all of it: nothing of a
 * manifest that is wrong anywhere is used. Unknown fields are no fault; they stay in `document` (row M19). In a 1.x
 * document the fields that 2.0 brought are unknown ones.
 *
 * Throws `E_MANIFEST_PARSE` (not strict JSON with an object at its root), `E_MANIFEST_SCHEMA`, `E_PATH` (a name) or
 * `E_LIMIT` (a cap). The message names the source and the place.
 */
export function parseManifest(bytes: Uint8Array, options: ManifestOptions = {}): ParsedManifest {
  const { source = "manifest.json", ...caps } = options;
  const limits = { ...manifestLimits, ...caps };
  const { value: document, members } = parseJsonMembers(bytes, { ...limits, source });
  if (!isObject(document)) {
    throw new ManifestError(
      "E_MANIFEST_PARSE",
      `${printable(source)}: an object expected, got ${kindOf(document)}. It begins with "${printableBytes(bytes)}"`,
    );
  }
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const root: Place = { source, path: "" };
  const major = majorVersion(document["version"], inside(root, "version"));
  const weights = readWeights(document, { root, limits, major, members, warn });
  const manifest: Manifest = {
    version: typeof document["version"] === "string" ? document["version"] : "1.0",
    ...readHead(document, root, major, warn),
    weights,
  };
  return { manifest, document, bytes, digest: sha256(bytes), warnings };
}

function readWeights(
  document: JsonObject,
  context: {
    readonly root: Place;
    readonly limits: ManifestLimits;
    readonly major: 1 | 2;
    readonly members: JsonMembers;
    readonly warn: (message: string) => void;
  },
): ReadonlyMap<string, WeightEntry> {
  const { root, limits, major, members, warn } = context;
  const place = inside(root, "weights");
  if (document["weights"] === undefined) throw fault(root, "no weights: this is not a manifest");
  const object = objectAt(document["weights"], place);
  const names = (members.get(object) ?? []).map((member) => member.key);
  if (names.length === 0) throw fault(place, "not one file", "E_LIMIT");
  if (names.length > limits.maxFiles) {
    throw fault(place, `${names.length} files, more than ${limits.maxFiles}`, "E_LIMIT");
  }
  inPlace(place, () => checkNames(names));
  const weights = new Map<string, WeightEntry>();
  let total = 0;
  for (const name of names) {
    const entry = readEntry(object[name] ?? null, {
      place: inside(place, name),
      limits,
      major,
      checksumOptional: document["version"] === undefined,
      warn,
    });
    if (entry.checksum === undefined) {
      warn(`${name}: no checksum, its bytes cannot be verified: publish it to pin them`);
    }
    total += sizeBounds(entry)?.min ?? 0;
    weights.set(name, entry);
  }
  if (total > limits.maxTotalBytes) {
    throw fault(place, `${total} bytes in all, more than ${limits.maxTotalBytes}`, "E_LIMIT");
  }
  return weights;
}

type Head = Omit<Manifest, "version" | "weights">;

/** The fields beside `weights`. They came with 2.0: in a 1.x document one that does not fit is somebody's own. */
function readHead(
  document: JsonObject,
  root: Place,
  major: 1 | 2,
  warn: (message: string) => void,
): Head {
  const head: { -readonly [Key in keyof Head]: Head[Key] } = {};
  const read = (key: keyof Head, take: (value: JsonValue, place: Place) => void): void => {
    const value = document[key];
    if (value === undefined) return;
    try {
      take(value, inside(root, key));
    } catch (error) {
      if (major === 2 || !(error instanceof ManifestError)) throw error;
      warn(`${key} is ignored: ${error.message}`);
    }
  };
  read("description", (value, place) => {
    head.description = textAt(value, place, textLimits.description);
  });
  read("release", (value, place) => {
    const release = parseRelease(value);
    if (release === undefined) throw fault(place, `v + semver expected, got ${kindOf(value)}`);
    head.release = release.text;
  });
  read("model", (value, place) => {
    if (!isModelName(value)) {
      throw fault(place, `[a-z0-9][a-z0-9._-]{0,99} expected, got ${kindOf(value)}`);
    }
    head.model = value;
  });
  read("created_at", (value, place) => {
    if (!isUtcTime(value)) throw fault(place, `ISO 8601 in UTC expected, got ${kindOf(value)}`);
    head.created_at = value;
  });
  read("metadata", (value, place) => {
    head.metadata = objectAt(value, place);
  });
  return head;
}

/** Tells the source and place of an error that knows neither. */
function inPlace(place: Place, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof ManifestError) throw fault(place, error.message, error.code);
    throw error;
  }
}
