import { strict as assert } from "node:assert";

import type { ByteSource } from "../byte-source.ts";
import { StorageError, type StorageErrorCode } from "../error.ts";

/** All bytes of a body. */
export async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

/** Bytes are equal; a difference is told by its offset, not by printing megabytes. */
export function assertBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  assert.equal(actual.byteLength, expected.byteLength, `${what}: bytes`);
  if (Buffer.compare(actual, expected) === 0) return;
  const offset = expected.findIndex((value, index) => value !== actual[index]);
  assert.fail(`${what}: differs at offset ${offset}`);
}

/** The promise fails with a `StorageError` of this code. */
export async function assertRefused(
  promise: Promise<unknown>,
  code: StorageErrorCode,
  what: string,
): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error !== undefined, `${what}: ${code} expected, but it was done`);
  assert.ok(
    error instanceof StorageError,
    `${what}: a StorageError expected, got ${String(error)}`,
  );
  assert.equal(error.code, code, `${what}: ${error.message}`);
}

/** The promise fails because the signal fired: with its reason, or an error of the name AbortError. */
export async function assertAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  assert.ok(error !== undefined, "went on although its signal fired");
  const { name } = error as { readonly name?: unknown };
  const isAbort = error === signal.reason || name === "AbortError";
  assert.ok(isAbort, `the signal's reason expected, got ${String(error)}`);
}

/** A source whose bytes come in several chunks. `atOffset` is called once that many bytes have been taken. */
export function chunkedSource(
  bytes: Uint8Array,
  options: { readonly atOffset?: number; readonly act?: () => void | Promise<void> } = {},
): ByteSource {
  const chunkBytes = 256 * 1024;
  return {
    size: bytes.byteLength,
    label: `${bytes.byteLength} bytes of the suite`,
    async *open(start = 0, end = bytes.byteLength) {
      for (let offset = start; offset < end; offset += chunkBytes) {
        if (options.atOffset !== undefined && offset >= options.atOffset) await options.act?.();
        yield bytes.subarray(offset, Math.min(offset + chunkBytes, end));
      }
    },
  };
}
