import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";
import { bits, der, integer, octets, oid, sequence, set, time, utf8 } from "../der.ts";

/** A key and its certificate, PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/**
 * A self-signed P-256 certificate (RFC 5280) for a test server; `cert` is its own authority. Valid now unless `notBefore`
 * and `notAfter` say otherwise.
 */
export function selfSigned(
  options: {
    /** Host names and IPv4 addresses; default `localhost` and `127.0.0.1`. */
    readonly names?: readonly string[];
    readonly notBefore?: Date;
    readonly notAfter?: Date;
  } = {},
): Certificate {
  const names = options.names ?? ["localhost", "127.0.0.1"];
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));
  const name = sequence(set(sequence(oid("2.5.4.3"), utf8("loopback test"))));
  const day = 86_400_000;
  const certified = sequence(
    der(0xa0, integer(2)),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ecdsaWithSha256,
    name,
    sequence(
      time(options.notBefore ?? new Date(Date.now() - day)),
      time(options.notAfter ?? new Date(Date.now() + day)),
    ),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      sequence(
        // basicConstraints: cA TRUE, so that a client can trust it as its own authority.
        sequence(oid("2.5.29.19"), octets(sequence(Buffer.from([0x01, 0x01, 0xff])))),
        sequence(oid("2.5.29.17"), octets(sequence(...names.map(alternativeName)))),
      ),
    ),
  );
  const signature = sign("sha256", certified, privateKey);
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: pem(sequence(certified, ecdsaWithSha256, bits(signature))),
  };
}

function alternativeName(name: string): Buffer {
  return isIPv4(name)
    ? der(0x87, Buffer.from(name.split(".").map(Number)))
    : der(0x82, Buffer.from(name, "ascii"));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
