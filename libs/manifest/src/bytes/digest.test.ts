import { expect, test } from "@jest/globals";

import { isDigest, sameDigest, sha256, sha256Stream } from "./digest.ts";

// FIPS 180-2, appendix B.1 and the empty message.
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

test("sha256 gives the digests of the standard", () => {
  expect(sha256(Buffer.from("abc"))).toBe(abc);
  expect(sha256(new Uint8Array())).toBe(nothing);
});

test("a stream has the digest and size of its bytes, however they are cut", async () => {
  const cut = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from("a");
    yield new Uint8Array();
    yield Buffer.from("bc");
  };
  await expect(sha256Stream(cut())).resolves.toEqual({ sha256: abc, size: 3 });
  await expect(sha256Stream([])).resolves.toEqual({ sha256: nothing, size: 0 });
});

test("a failing stream fails its digest", async () => {
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from("a");
    throw new Error("cut off");
  };
  await expect(sha256Stream(broken())).rejects.toThrow("cut off");
});

const wrong: readonly unknown[] = [
  abc.toUpperCase(),
  abc.slice(1),
  `${abc}0`,
  "",
  "sha256:../../x",
  `g${abc.slice(1)}`,
  `${abc}\n`,
  ` ${abc}`,
  undefined,
  null,
  7,
];

test("M14: a digest is 64 lower-case hex digits and nothing else", () => {
  expect(isDigest(abc)).toBe(true);
  for (const text of wrong) expect({ text, is: isDigest(text) }).toEqual({ text, is: false });
});

test("M14: what is no digest equals nothing, although decoding would cut it silently", () => {
  // The trap that this guards against: only one byte of "abzz" is hex.
  expect(Buffer.from("abzz", "hex")).toHaveLength(1);
  const [a, b] = [`ab${"z".repeat(62)}`, `ab${"y".repeat(62)}`];
  expect(sameDigest(a, b)).toBe(false);
  for (const text of wrong)
    expect({ text, same: sameDigest(text, text) }).toEqual({ text, same: false });
  expect(sameDigest(abc, abc)).toBe(true);
  expect(sameDigest(abc, nothing)).toBe(false);
  expect(sameDigest(abc, abc.toUpperCase())).toBe(false);
});
