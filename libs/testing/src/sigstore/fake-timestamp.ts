import { createHash, sign, type KeyObject } from "node:crypto";
import { der, integer, octets, oid, sequence } from "../der.ts";

/** Whose certificate signs: its issuer's name and its serial number. */
export interface FakeTimestampAuthority {
  readonly key: KeyObject;
  readonly issuer: Uint8Array;
  readonly serial: number;
}

const sha256Id = sequence(oid("2.16.840.1.101.3.4.2.1"));
const timestampInfo = oid("1.2.840.113549.1.9.16.1.4");
const digest = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
const attribute = (id: string, value: Uint8Array): Buffer => sequence(oid(id), der(0x31, value));

/** A signed time of `bytes` (RFC 3161), as a timestamp authority answers it. */
export function fakeTimestamp(
  bytes: Uint8Array,
  at: Date,
  { key, issuer, serial }: FakeTimestampAuthority,
): Buffer {
  const generalized = at.toISOString().replace(/[-:T]|\.\d+/g, "");
  const info = sequence(
    integer(1),
    oid("1.2.3"),
    sequence(sha256Id, octets(digest(bytes))),
    integer(1),
    der(0x18, Buffer.from(generalized)),
  );
  const attributes = Buffer.concat([
    attribute("1.2.840.113549.1.9.3", timestampInfo),
    attribute("1.2.840.113549.1.9.4", octets(digest(info))),
  ]);
  const signature = sign("sha256", der(0x31, attributes), key);
  const signer = sequence(
    integer(1),
    sequence(issuer, integer(serial)),
    sha256Id,
    der(0xa0, attributes),
    sequence(oid("1.2.840.10045.4.3.2")),
    octets(signature),
  );
  const signedData = sequence(
    integer(3),
    der(0x31, sha256Id),
    sequence(timestampInfo, der(0xa0, octets(info))),
    der(0x31, signer),
  );
  const token = sequence(oid("1.2.840.113549.1.7.2"), der(0xa0, signedData));
  return sequence(sequence(integer(0)), token);
}
