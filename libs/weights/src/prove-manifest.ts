import { parseManifest, type ParsedManifest, type TrustedKey } from "@plimsoll/manifest";
import type { AttestationTrust } from "./attested.ts";
import { codeOf } from "./problem.ts";

/** A manifest and, where keys were given, the `model.sig` that proves it. */
export interface ProvenManifest {
  readonly manifest: ParsedManifest;
  readonly signature?: Uint8Array;
  /** The proven `attestation.jsonl`, where attestations are configured. */
  readonly attestation?: Uint8Array;
}

/**
 * Parses a manifest. With keys, `model.sig` is read and proven over the raw bytes before that (row T12), and afterwards
 * it must cover every file. An absent signature is `E_SIG`: there is no unsigned fall-back (row T2). The same holds for
 * attestations, over the digests of the files.
 */
export async function proveManifest(
  bytes: Uint8Array,
  options: {
    readonly source: string;
    readonly keys?: readonly TrustedKey[] | undefined;
    readonly now?: (() => Date) | undefined;
    readonly attestation?: AttestationTrust | undefined;
    /** Reads what lies beside the manifest under this name. */
    readonly readBeside: (name: string) => Promise<Uint8Array | undefined>;
  },
): Promise<ProvenManifest> {
  const { source, attestation } = options;
  const proven = await proveSignature(bytes, options);
  if (attestation === undefined) return proven;
  const { expectAttested } = await import("./attested.ts");
  const beside = await ifThere(() => options.readBeside("attestation.jsonl"));
  const { bytes: proof } = await expectAttested(proven.manifest, beside, attestation, source);
  return { ...proven, attestation: proof };
}

async function proveSignature(
  bytes: Uint8Array,
  options: Parameters<typeof proveManifest>[1],
): Promise<ProvenManifest> {
  const { source, keys = [], now } = options;
  if (keys.length === 0) return { manifest: parseManifest(bytes, { source }) };
  const { expectSigned, verifyManifestBytes } = await import("./model-signature.ts");
  const signature = await ifThere(() => options.readBeside("model.sig"));
  const at = (now?.() ?? new Date()).getTime();
  const signed = verifyManifestBytes(bytes, signature, { keys, at, source });
  const manifest = parseManifest(bytes, { source });
  expectSigned(manifest.manifest, signed, source);
  return { manifest, ...(signature && { signature }) };
}

/** Where `name` lies if the manifest lies there: beside it. */
export function besideUrl(manifestUrl: string, name: string): string {
  const end = /[?#]|$/.exec(manifestUrl)?.index ?? manifestUrl.length;
  const folder = manifestUrl.slice(0, manifestUrl.lastIndexOf("/", end - 1) + 1);
  return folder + name + manifestUrl.slice(end);
}

async function ifThere(
  read: () => Promise<Uint8Array | undefined>,
): Promise<Uint8Array | undefined> {
  try {
    return await read();
  } catch (error) {
    if (["E_NOT_FOUND", "E_AUTH"].includes(codeOf(error) ?? "")) return undefined;
    throw error;
  }
}
