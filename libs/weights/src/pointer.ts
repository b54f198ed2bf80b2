import {
  isDigest,
  isModelName,
  type JsonObject,
  type JsonValue,
  parseJson,
  parseRelease,
  printable,
} from "@plimsoll/manifest";
import { WeightsError } from "./error.ts";

/** A pointer may not be larger: row M15. */
export const maxPointerBytes = 16 * 1024;
/** Former places of a channel that are kept in its pointer. */
const MAX_HISTORY = 20;

/** A former place of a channel. */
export interface PointerMove {
  readonly sequence: number;
  readonly version: string;
  readonly issued_at: string;
  readonly issued_by?: string;
}

/** A channel: a mutable, named pointer to one version of a model. Contracts section 3. */
export interface Pointer {
  readonly schema: 1;
  readonly model: string;
  readonly channel: string;
  /** 1 for the first, one more with every move; a rollback is a higher sequence that names an older version. */
  readonly sequence: number;
  readonly version: string;
  /** Of `manifest.json` of the version: its SHA-256 and bytes. */
  readonly manifest: { readonly checksum: string; readonly size: number };
  /** ISO 8601, UTC. */
  readonly issued_at: string;
  readonly expires?: string;
  readonly issued_by?: string;
  /** Versions that must not be used any more. */
  readonly revoked: readonly string[];
  /** Former places, newest first, at most 20. */
  readonly history: readonly PointerMove[];
}

/** What the next move of a channel says. */
export interface NextPointer {
  readonly model: string;
  readonly channel: string;
  readonly version: string;
  readonly manifest: Pointer["manifest"];
  readonly issuedAt: Date;
  readonly issuedBy?: string | undefined;
  /** After this readers call it stale; default never. */
  readonly expires?: Date | undefined;
  /** Default: those of the current one. */
  readonly revoked?: readonly string[] | undefined;
}

/** The pointer that follows `current`: one sequence higher, with the current place as the newest of the history. */
export function nextPointer(current: Pointer | undefined, next: NextPointer): Pointer {
  const history: PointerMove[] = current
    ? [
        {
          sequence: current.sequence,
          version: current.version,
          issued_at: current.issued_at,
          ...(current.issued_by !== undefined && { issued_by: current.issued_by }),
        },
        ...current.history,
      ]
    : [];
  return {
    schema: 1,
    model: next.model,
    channel: next.channel,
    sequence: (current?.sequence ?? 0) + 1,
    version: next.version,
    manifest: next.manifest,
    issued_at: next.issuedAt.toISOString(),
    ...(next.expires !== undefined && { expires: next.expires.toISOString() }),
    ...(next.issuedBy !== undefined && { issued_by: next.issuedBy }),
    revoked: next.revoked ?? current?.revoked ?? [],
    history: history.slice(0, MAX_HISTORY),
  };
}

/** The bytes of a pointer as they are stored. */
export function writePointer(pointer: Pointer): Uint8Array {
  return Buffer.from(`${JSON.stringify(pointer, undefined, 2)}\n`);
}

/**
 * Reads a pointer strictly: `E_MANIFEST_PARSE` for what is no JSON, `E_MANIFEST_SCHEMA` for what is no pointer of
 * `model` and `channel`. `source` is named in messages.
 */
export function parsePointer(
  bytes: Uint8Array,
  expected: { readonly model: string; readonly channel: string; readonly source: string },
): Pointer {
  const document = parseJson(bytes, {
    maxBytes: maxPointerBytes,
    maxDepth: 8,
    source: expected.source,
  });
  const refuse = (what: string): never => {
    throw new WeightsError(
      "E_MANIFEST_SCHEMA",
      `${printable(expected.source)}: not a pointer of this release of Plimsoll: ${what}`,
    );
  };
  if (!isObject(document)) return refuse("not a JSON object");
  if (document["schema"] !== 1) refuse(`"schema" is not 1`);
  for (const field of ["model", "channel"] as const) {
    if (document[field] !== expected[field]) {
      throw new WeightsError(
        "E_MISMATCH",
        `${printable(expected.source)}: its "${field}" is not ${expected[field]}`,
      );
    }
  }
  const manifest = document["manifest"];
  if (!isObject(manifest) || !isDigest(manifest["checksum"]) || !isCount(manifest["size"])) {
    return refuse(`"manifest" has no checksum and size`);
  }
  const revoked = document["revoked"] ?? [];
  if (!Array.isArray(revoked) || !revoked.every((version) => typeof version === "string")) {
    return refuse(`"revoked" is no list of versions`);
  }
  const history = document["history"] ?? [];
  if (!Array.isArray(history)) return refuse(`"history" is no list`);
  const expires = document["expires"];
  if (expires !== undefined && (typeof expires !== "string" || Number.isNaN(Date.parse(expires)))) {
    return refuse(`"expires" is no time`);
  }
  return {
    schema: 1,
    model: expected.model,
    channel: expected.channel,
    ...(readMove(document) ?? refuse(`"sequence", "version" or "issued_at" is missing or wrong`)),
    manifest: { checksum: manifest["checksum"], size: manifest["size"] },
    ...(expires !== undefined && { expires }),
    revoked: revoked as string[],
    history: history
      .slice(0, MAX_HISTORY)
      .map((move) => readMove(move) ?? refuse(`an entry of "history" is wrong`)),
  };
}

function readMove(value: JsonValue): PointerMove | undefined {
  if (!isObject(value)) return undefined;
  const { sequence, version, issued_at, issued_by } = value as Record<string, JsonValue>;
  if (!isCount(sequence) || sequence < 1 || typeof version !== "string") return undefined;
  if (parseRelease(version) === undefined && !isModelName(version)) return undefined;
  if (typeof issued_at !== "string" || Number.isNaN(Date.parse(issued_at))) return undefined;
  return { sequence, version, issued_at, ...(typeof issued_by === "string" && { issued_by }) };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
