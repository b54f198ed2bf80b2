import {
  arrayAt,
  bytesAt,
  digestAt,
  fault,
  inside,
  kindOf,
  objectAt,
  textAt,
  urlAt,
  type Place,
} from "./field.ts";
import { formats, type Format } from "../format/format.ts";
import type { JsonObject, JsonValue } from "../json/json.ts";
import { textLimits, type ManifestLimits } from "./manifest-limits.ts";
import type { ChunkIndexLocation, Part, WeightEntry } from "./manifest.ts";
import { MIB, sizeBounds } from "./size-mb.ts";

/** What an entry is read with. */
export interface EntryContext {
  readonly place: Place;
  readonly limits: ManifestLimits;
  /** 1: fields of 2.0 have no meaning and are left alone. */
  readonly major: 1 | 2;
  /** A `WEIGHTS_URLS.json` has no checksums. */
  readonly checksumOptional: boolean;
  readonly warn: (message: string) => void;
}

const NEW_IN_2 = [
  "size",
  "mirrors",
  "format",
  "chunks",
  "parts",
  "encoding",
  "encoded_size",
  "encoded_checksum",
];

/** Reads what a manifest says about one weight file. Throws `E_MANIFEST_SCHEMA` or `E_LIMIT`. */
export function readEntry(value: JsonValue, context: EntryContext): WeightEntry {
  const { place, limits, warn } = context;
  const object = objectAt(value, place);
  const at = (key: string): Place => inside(place, key);
  const entry: WeightEntry = {
    ...(object["url"] !== undefined && { url: urlAt(object["url"], at("url")) }),
    ...readSizeMb(object, context),
    ...readChecksum(object, context),
    required: readRequired(object["required"], at("required")),
  };
  if (entry.url === undefined && entry.checksum === undefined) {
    throw fault(place, "neither url nor checksum: nothing says which bytes these are");
  }
  if (context.major === 1) {
    const ignored = NEW_IN_2.filter((key) => object[key] !== undefined);
    if (ignored.length > 0) {
      warn(`${place.path}: ${ignored.join(", ")} count from format 2.0 on and are ignored in 1.0`);
    }
    return entry;
  }
  const size =
    object["size"] === undefined
      ? undefined
      : bytesAt(object["size"], at("size"), limits.maxFileBytes);
  const bounds = sizeBounds(entry);
  if (size !== undefined && bounds !== undefined && (size < bounds.min || size > bounds.max)) {
    warn(`${place.path}: size_mb says ${entry.size_mb} MiB, size ${size} bytes: size counts`);
  }
  return {
    ...entry,
    ...(size !== undefined && { size }),
    ...readMirrors(object["mirrors"], at("mirrors")),
    ...readFormat(object["format"], at("format"), warn),
    ...readChunks(object["chunks"], at("chunks"), limits),
    ...readParts(object, size, context),
    ...readEncoding(object, context),
  };
}

function readSizeMb(
  object: JsonObject,
  { place, limits }: EntryContext,
): Pick<WeightEntry, "size_mb"> {
  const value = object["size_mb"];
  if (value === undefined) return {};
  const at = inside(place, "size_mb");
  if (typeof value !== "number" || value < 0 || Object.is(value, -0)) {
    throw fault(at, `MiB, a number from 0, expected, got ${kindOf(value)}`);
  }
  if (value * MIB > limits.maxFileBytes * 1.01) {
    throw fault(at, `${value} MiB, more than the cap of ${limits.maxFileBytes} bytes`, "E_LIMIT");
  }
  return { size_mb: value };
}

function readChecksum(
  object: JsonObject,
  { place, checksumOptional }: EntryContext,
): Pick<WeightEntry, "checksum" | "algorithm"> {
  const { checksum, algorithm, sha256 } = object;
  if (checksum === undefined && algorithm === undefined && checksumOptional) return {};
  if (algorithm !== undefined && algorithm !== "sha256") {
    throw fault(
      inside(place, "algorithm"),
      `only "sha256" proves a file, got ${kindOf(algorithm)}`,
    );
  }
  const digest = digestAt(checksum, inside(place, "checksum"));
  if (typeof sha256 === "string" && sha256 !== digest) {
    throw fault(inside(place, "sha256"), "another digest than checksum: one of them is wrong");
  }
  return { checksum: digest, algorithm: "sha256" };
}

function readRequired(value: JsonValue | undefined, place: Place): boolean {
  if (value === undefined) return true;
  if (typeof value !== "boolean")
    throw fault(place, `true or false expected, got ${kindOf(value)}`);
  return value;
}

function readMirrors(value: JsonValue | undefined, place: Place): Pick<WeightEntry, "mirrors"> {
  if (value === undefined) return {};
  const items = arrayAt(value, place, textLimits.mirrors);
  return { mirrors: items.map((item, index) => urlAt(item, inside(place, index))) };
}

/** A format that only a newer client knows is no reason to refuse the file. */
function readFormat(
  value: JsonValue | undefined,
  place: Place,
  warn: (message: string) => void,
): Pick<WeightEntry, "format"> {
  if (value === undefined) return {};
  const name = textAt(value, place, 50);
  const format: Format | undefined = formats.find((known) => known === name);
  if (format === undefined) {
    warn(`${place.path}: ${kindOf(name)} is no format known here, left out`);
    return {};
  }
  return { format };
}

function readChunks(
  value: JsonValue | undefined,
  place: Place,
  limits: ManifestLimits,
): { readonly chunks?: ChunkIndexLocation } {
  if (value === undefined) return {};
  const object = objectAt(value, place);
  return {
    chunks: {
      url: urlAt(object["url"], inside(place, "url")),
      size: bytesAt(object["size"], inside(place, "size"), limits.maxFileBytes),
      checksum: digestAt(object["checksum"], inside(place, "checksum")),
    },
  };
}

function readParts(
  object: JsonObject,
  size: number | undefined,
  { place, limits }: EntryContext,
): { readonly parts?: readonly Part[] } {
  if (object["parts"] === undefined) return {};
  const at = inside(place, "parts");
  if (size === undefined) throw fault(at, "parts need the size of the whole file");
  if (object["encoding"] !== undefined)
    throw fault(at, "parts of a compressed file are not defined");
  let end = 0;
  const parts = arrayAt(object["parts"], at, textLimits.parts).map((item, index): Part => {
    const here = inside(at, index);
    const part = objectAt(item, here);
    const offset = bytesAt(part["offset"], inside(here, "offset"), limits.maxFileBytes);
    if (offset !== end) throw fault(here, `begins at ${offset}, the one before ends at ${end}`);
    const bytes = bytesAt(part["size"], inside(here, "size"), limits.maxFileBytes);
    end += bytes;
    return {
      url: urlAt(part["url"], inside(here, "url")),
      offset,
      size: bytes,
      checksum: digestAt(part["checksum"], inside(here, "checksum")),
    };
  });
  if (end !== size) throw fault(at, `add up to ${end} bytes, the file has ${size}`);
  if (parts.length === 0) throw fault(at, "no part at all");
  return { parts };
}

function readEncoding(
  object: JsonObject,
  { place, limits }: EntryContext,
): Pick<WeightEntry, "encoding" | "encoded_size" | "encoded_checksum"> {
  const { encoding, encoded_size, encoded_checksum } = object;
  if (encoding === undefined) {
    if (encoded_size === undefined && encoded_checksum === undefined) return {};
    throw fault(place, "encoded_size or encoded_checksum without encoding");
  }
  if (encoding !== "gzip" && encoding !== "zstd") {
    throw fault(
      inside(place, "encoding"),
      `"gzip" or "zstd" expected, got ${kindOf(encoding)}: upgrade plimsoll if it is newer`,
    );
  }
  return {
    encoding,
    encoded_size: bytesAt(encoded_size, inside(place, "encoded_size"), limits.maxFileBytes),
    encoded_checksum: digestAt(encoded_checksum, inside(place, "encoded_checksum")),
  };
}
