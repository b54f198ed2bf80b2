import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "@jest/globals";
import { ManifestError } from "@plimsoll/manifest";
import { mutate, seededRandom } from "@plimsoll/testing";
import { WeightsError } from "./error.ts";
import { judgePointer } from "./judge-pointer.ts";
import { openPointer, sealPointer } from "./open-pointer.ts";
import { nextPointer, parsePointer, writePointer } from "./pointer.ts";

/** `PLIMSOLL_NIGHTLY=1` runs long; `PLIMSOLL_SEED` begins elsewhere, or makes a failure again. */
const isNightly = process.env["PLIMSOLL_NIGHTLY"] === "1";
const seed = Number(process.env["PLIMSOLL_SEED"] ?? 1);
const timeoutMs = isNightly ? 3_600_000 : 30_000;

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keys = [{ id: "k", publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() }];
const expected = { model: "net", channel: "production", source: "p" };
const issuedAt = new Date("2026-11-21T10:00:00Z");
const manifest = { checksum: "a".repeat(64), size: 1000 };
const first = nextPointer(undefined, { ...expected, version: "v1.0.0", manifest, issuedAt });
const second = nextPointer(first, { ...expected, version: "v1.1.0", manifest, issuedAt });
const plain = [first, second].map(writePointer);
const sealed = sealPointer(second, [privateKey]);

/** Runs changed bytes; what is thrown must be an error of these rooms. */
function fuzz(seeds: readonly Uint8Array[], short: number, run: (bytes: Uint8Array) => void): void {
  const random = seededRandom(seed);
  for (let i = 0; i < (isNightly ? 100_000 : short); i += 1) {
    const base = seeds[i % seeds.length] ?? Buffer.alloc(0);
    const bytes = mutate(base, seeds[0] ?? base, random);
    try {
      run(bytes);
    } catch (cause) {
      if (cause instanceof WeightsError || cause instanceof ManifestError) continue;
      const text = Buffer.from(bytes).toString("base64");
      throw new Error(`seed ${seed}, change ${i} of these bytes: ${text}`, { cause });
    }
  }
}

test(
  "T12: changed pointers end in an error of ours, or in a pointer that is read again the same",
  () => {
    fuzz(plain, 3000, (bytes) => {
      const pointer = parsePointer(bytes, expected);
      expect(parsePointer(writePointer(pointer), expected)).toEqual(pointer);
      judgePointer(pointer, "b".repeat(64), undefined, { source: "p", at: issuedAt.getTime() });
    });
  },
  timeoutMs,
);

test(
  "T12: of changed signed pointers only those are accepted whose payload is the signed one",
  () => {
    const trust = { keys, at: issuedAt.getTime() };
    fuzz([sealed], 1500, (bytes) => {
      expect(openPointer(bytes, expected, trust).pointer).toEqual(second);
    });
    expect(openPointer(sealed, expected, trust).pointer).toEqual(second);
  },
  timeoutMs,
);
