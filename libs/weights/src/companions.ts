import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import { signMinisign, signSsh } from "@plimsoll/manifest";
import type { CallOptions, Driver } from "@plimsoll/storage";
import { maxAttestationBytes } from "./attested.ts";
import { checksumLines, type NamedDigest } from "./checksums.ts";
import { WeightsError } from "./error.ts";
import { readObject } from "./read-object.ts";
import { readSmallFile } from "./read-small-file.ts";
import { storeKeys } from "./store-keys.ts";

/** A small file that lies beside the weights of a version for those who check them with other tools. */
export interface Companion {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

export interface CompanionOptions {
  /** A private key (P-256): `SHA256SUMS.sig` for `ssh-keygen -Y verify`. */
  readonly sshKey?: KeyObject | undefined;
  /** A private key (Ed25519): `SHA256SUMS.minisig` for `minisign -V`. */
  readonly minisignKey?: KeyObject | undefined;
}

/**
 * What accompanies a version: the `attestation.jsonl` that lies in the folder of the weights, and the signatures of
 * `SHA256SUMS` that were asked for.
 */
export async function makeCompanions(
  version: {
    readonly folder: string;
    readonly model: string;
    readonly release: string;
    readonly files: readonly NamedDigest[];
  },
  { sshKey, minisignKey }: CompanionOptions = {},
): Promise<readonly Companion[]> {
  const companions: Companion[] = [];
  const attestation = await readSmallFile(join(version.folder, "attestation.jsonl"));
  if (attestation !== undefined) {
    if (attestation.length > maxAttestationBytes) {
      throw new WeightsError(
        "E_LIMIT",
        `attestation.jsonl: ${attestation.length} bytes, at most ${maxAttestationBytes} are read`,
      );
    }
    const contentType = "application/x-ndjson";
    companions.push({ name: "attestation.jsonl", bytes: attestation, contentType });
  }
  const sums = Buffer.from(checksumLines(version.files));
  const contentType = "text/plain; charset=utf-8";
  if (sshKey !== undefined) {
    companions.push({ name: "SHA256SUMS.sig", bytes: signSsh(sums, sshKey), contentType });
  }
  if (minisignKey !== undefined) {
    const trustedComment = `${version.model} ${version.release}`;
    const bytes = signMinisign(sums, minisignKey, { trustedComment });
    companions.push({ name: "SHA256SUMS.minisig", bytes, contentType });
  }
  return companions;
}

/** Puts one beside a version in a store; what is there already with the same bytes is left alone. */
export async function putCompanion(
  driver: Driver,
  { model, release }: { readonly model: string; readonly release: string },
  companion: Companion,
  call: CallOptions = {},
): Promise<void> {
  const { name, bytes, contentType } = companion;
  const key = storeKeys.version(model, release) + name;
  const stored = await readObject(driver, key, { maxBytes: maxAttestationBytes, ...call });
  if (stored !== undefined && Buffer.from(bytes).equals(stored.bytes)) return;
  const { bytesSource } = await import("@plimsoll/storage");
  await driver.write(key, bytesSource(bytes, key), {
    ...call,
    contentType,
    cacheControl: "no-cache",
  });
}
