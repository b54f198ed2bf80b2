import type { KeyObject } from "node:crypto";
import {
  parseJson,
  readTrustedKeys,
  signEnvelope,
  type TrustedKey,
  verifyEnvelope,
} from "@plimsoll/manifest";
import { WeightsError } from "./error.ts";
import { maxPointerBytes, parsePointer, type Pointer, writePointer } from "./pointer.ts";

/** What the envelope of a signed channel says that it holds: a signature of anything else is none of a channel. */
export const pointerType = "application/vnd.plimsoll.channel.v1+json";

/** A pointer and whether somebody signed it. */
export interface OpenedPointer {
  readonly pointer: Pointer;
  /** The very bytes that were signed, or the document itself. */
  readonly payload: Uint8Array;
  /** There is an envelope with signatures, checked or not. */
  readonly isSigned: boolean;
}

/**
 * Reads a channel's document, plain or in a DSSE envelope. With `keys` it must be an envelope that one of them signed,
 * and its signature is checked before the pointer in it is parsed (row T12). Throws `E_SIG` and what `parsePointer`
 * throws.
 */
export function openPointer(
  bytes: Uint8Array,
  expected: { readonly model: string; readonly channel: string; readonly source: string },
  trust: {
    readonly keys?: readonly TrustedKey[] | undefined;
    readonly allowUnsigned?: boolean | undefined;
    readonly at: number;
  },
): OpenedPointer {
  const { source } = expected;
  const document = parseJson(bytes, { maxBytes: maxPointerBytes, maxDepth: 8, source });
  const isSigned =
    typeof document === "object" && document !== null && Object.hasOwn(document, "payloadType");
  if (trust.keys !== undefined && trust.keys.length > 0) {
    if (!isSigned && trust.allowUnsigned) {
      return { pointer: parsePointer(bytes, expected), payload: bytes, isSigned };
    }
    if (!isSigned) {
      throw new WeightsError(
        "E_SIG",
        `${source}: not signed, and a key is configured: promote again with the signing key (plimsoll promote, PLIMSOLL_SIGNING_KEY)`,
      );
    }
    const keys = readTrustedKeys(trust.keys);
    const { payload } = verifyEnvelope(document, pointerType, keys, {
      name: source,
      at: trust.at,
    });
    return { pointer: parsePointer(payload, expected), payload, isSigned };
  }
  const payload = isSigned ? payloadOf((document as { payload?: unknown }).payload) : bytes;
  return { pointer: parsePointer(payload, expected), payload, isSigned };
}

/** The bytes of a channel's document: with keys an envelope that all of them signed. Old history goes where it is too long. */
export function sealPointer(pointer: Pointer, keys: readonly KeyObject[] = []): Uint8Array {
  for (let kept = pointer.history.length; ; kept--) {
    const payload = writePointer({ ...pointer, history: pointer.history.slice(0, kept) });
    const bytes =
      keys.length === 0
        ? payload
        : Buffer.from(`${JSON.stringify(signEnvelope(payload, pointerType, keys))}\n`);
    if (bytes.length <= maxPointerBytes) return bytes;
    if (kept === 0) {
      throw new WeightsError(
        "E_LIMIT",
        `channel ${pointer.channel} of ${pointer.model}: ${bytes.length} bytes with ${pointer.revoked.length} withdrawn versions, at most ${maxPointerBytes}`,
      );
    }
  }
}

function payloadOf(text: unknown): Uint8Array {
  return Buffer.from(typeof text === "string" ? text : "", "base64");
}
