import type { JsonObject } from "@plimsoll/manifest";
import type { SampleKind } from "./sample-type.ts";

/** `datasets/<model>/provenance/<sha256>.json`: where a sample comes from. Texts are what the sender said, never a path. */
export interface SampleRecord {
  readonly schema: 1;
  readonly model: string;
  readonly class: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly kind: SampleKind;
  /** Name that the server made: `<sha256>.<extension by content>`. */
  readonly file: string;
  /** The sender's name of the file, cut and escaped. */
  readonly original_name?: string;
  readonly seconds?: number;
  /** ISO 8601, UTC. */
  readonly uploaded_at: string;
  readonly uploaded_by?: string;
  /** Address, or the path or store it was added from. */
  readonly uploaded_from?: string;
  /** It is measured on, never learned from. */
  readonly held_out?: true;
  /** Why it waits for a person. */
  readonly quarantine?: string;
}

/** The record as the bytes of a file. */
export function recordBytes(record: SampleRecord): Uint8Array {
  return Buffer.from(`${JSON.stringify(record)}\n`);
}

/** Reads what `recordBytes` wrote; undefined for anything else. */
export function readRecord(json: unknown): SampleRecord | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const { class: className, sha256, file, size, kind } = json as JsonObject;
  const isWhole =
    typeof className === "string" &&
    typeof sha256 === "string" &&
    typeof file === "string" &&
    typeof size === "number" &&
    typeof kind === "string";
  return isWhole ? (json as unknown as SampleRecord) : undefined;
}
