import { execFile, spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  generateMinisignKeys,
  minisignPublicKey,
  readMinisignKey,
  signMinisign,
} from "./minisign.ts";
import { generateKeys, readSigningKey } from "./signing-key.ts";
import { signSsh, sshNamespace, sshPublicKey } from "./ssh-signature.ts";

const run = promisify(execFile);
const bytes = Buffer.from('{ "version": "2.0" }\n');
const changed = Buffer.from('{ "version": "2.1" }\n');
let dir = "";

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "plimsoll-signature-"));
  await writeFile(join(dir, "manifest.json"), bytes);
  await writeFile(join(dir, "changed.json"), changed);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Whether a tool is installed; its tests are skipped, visibly, where it is not. */
const has = (tool: string): boolean => spawnSync(tool, ["-v"]).error === undefined;

(has("minisign") ? describe : describe.skip)("the tool minisign", () => {
  const pair = generateMinisignKeys();
  const other = generateMinisignKeys();
  const verify = async (file: string, publicKey: string): Promise<string> => {
    const signature = signMinisign(bytes, readMinisignKey(pair.privateKey), {
      trustedComment: "digits v1.0.0",
    });
    await writeFile(join(dir, "m.minisig"), signature);
    await writeFile(join(dir, "m.pub"), publicKey);
    const names = ["-p", join(dir, "m.pub"), "-x", join(dir, "m.minisig"), "-m", join(dir, file)];
    return (await run("minisign", ["-V", ...names])).stdout;
  };

  test("accepts what we sign, and shows the trusted comment", async () => {
    expect(await verify("manifest.json", pair.publicKey)).toContain("digits v1.0.0");
  });

  test("refuses other bytes and another key", async () => {
    await expect(verify("changed.json", pair.publicKey)).rejects.toThrow();
    await expect(verify("manifest.json", other.publicKey)).rejects.toThrow();
  });
});

(has("ssh-keygen") ? describe : describe.skip)("the tool ssh-keygen", () => {
  const verify = async (
    file: string,
    keys: { readonly signer: string; readonly allowed: string },
    namespace: string = sshNamespace,
  ): Promise<{ code: number | null; output: string }> => {
    const allowed = sshPublicKey(readSigningKey(keys.allowed));
    const signature = signSsh(bytes, readSigningKey(keys.signer));
    await writeFile(
      join(dir, "allowed"),
      `me@example.com namespaces="${sshNamespace}" ${allowed}\n`,
    );
    await writeFile(join(dir, "m.sig"), signature);
    const names = ["-I", "me@example.com", "-n", namespace, "-s", join(dir, "m.sig")];
    const child = spawn("ssh-keygen", ["-Y", "verify", "-f", join(dir, "allowed"), ...names]);
    // It may end before it has read everything.
    child.stdin.on("error", () => undefined);
    createReadStream(join(dir, file)).pipe(child.stdin);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (piece: Buffer) => (output += piece.toString()));
    }
    const code = await new Promise<number | null>((done) => child.on("close", done));
    return { code, output };
  };
  const pair = generateKeys();
  const other = generateKeys();
  const own = { signer: pair.privateKey, allowed: pair.privateKey };

  test.each([
    ["P-256", pair.privateKey],
    ["P-384", pem("P-384")],
    ["P-521", pem("P-521")],
  ])("accepts what we sign with %s", async (_, key) => {
    // Leading zeros of r and s come once in 256 signatures: some rounds meet them.
    for (let round = 0; round < 5; round += 1) {
      const { code, output } = await verify("manifest.json", { signer: key, allowed: key });
      expect(output).toContain('Good "model-weights" signature');
      expect(code).toBe(0);
    }
  });

  test("refuses other bytes, another key and another namespace", async () => {
    expect((await verify("changed.json", own)).code).not.toBe(0);
    const foreign = { signer: pair.privateKey, allowed: other.privateKey };
    expect((await verify("manifest.json", foreign)).code).not.toBe(0);
    expect((await verify("manifest.json", own, "file")).code).not.toBe(0);
  });
});

test("a public key of minisign names itself by its number", () => {
  const { privateKey, publicKey } = generateMinisignKeys("correct horse");
  const key = readMinisignKey(privateKey, "correct horse");
  expect(minisignPublicKey(key)).toBe(publicKey);
  const [comment = "", line = ""] = publicKey.split("\n");
  const raw = Buffer.from(line, "base64");
  expect(raw).toHaveLength(42);
  expect(
    comment.endsWith(raw.readBigUInt64LE(2).toString(16).toUpperCase().padStart(16, "0")),
  ).toBe(true);
});

test("keys that do not fit are refused with the way out", () => {
  expect(() => readMinisignKey(generateKeys().privateKey)).toThrow("make one of its own");
  expect(() => readMinisignKey("no key")).toThrow(expect.objectContaining({ code: "E_KEY" }));
  expect(() => readMinisignKey(generateMinisignKeys("a b").privateKey, "c")).toThrow("passphrase");
  expect(() => generateMinisignKeys("")).toThrow("empty");
  const key = readMinisignKey(generateMinisignKeys().privateKey);
  expect(() => sshPublicKey(key)).toThrow(expect.objectContaining({ code: "E_KEY" }));
  expect(() => signMinisign(bytes, key, { trustedComment: "a\nb" })).toThrow("one line");
});

function pem(namedCurve: string): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
