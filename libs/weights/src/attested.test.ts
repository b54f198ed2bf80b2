import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { fakeSigstore, tempDir, type TempDir } from "@plimsoll/testing";
import { generateMinisignKeys, sha256 } from "@plimsoll/manifest";
import { openStore } from "@plimsoll/storage";
import type { AttestationTrust } from "./attested.ts";
import { finishRelease } from "./finish-release.ts";
import { publishWeights } from "./publish.ts";
import { readRelease } from "./read-release.ts";
import { syncWeights } from "./sync.ts";
import { verifyWeights } from "./verify.ts";

const sigstore = fakeSigstore();
const workflow = ".github/workflows/release-weights.yml";
const ref = "refs/tags/weights-v1.0.0";
const home = "https://github.com/owner/repo";
const claims = {
  8: "https://token.actions.githubusercontent.com",
  9: `${home}/${workflow}@${ref}`,
  11: "github-hosted",
  12: home,
  13: "c".repeat(40),
  14: ref,
  15: "4711",
  21: `${home}/actions/runs/1/attempts/1`,
};
const attestation: AttestationTrust = {
  trustedRoot: sigstore.trustedRoot,
  policy: { repository: "owner/repo", workflow, ref: "refs/tags/weights-v*" },
};
const weights = Buffer.from("weights of a small model");

/** `attestation.jsonl` over these bytes. */
const attest = (...files: readonly Buffer[]): Buffer =>
  sigstore.attest({
    claims,
    statement: {
      _type: "https://in-toto.io/Statement/v1",
      subject: files.map((bytes, index) => ({
        name: `file-${index}`,
        digest: { sha256: sha256(bytes) },
      })),
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {},
    },
  });

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
  await mkdir(dir.join("weights"));
  await writeFile(dir.join("weights/net.npz"), weights);
});
afterEach(() => dir.remove());

const at = (): { readonly to: readonly string[]; readonly env: Record<string, string> } => ({
  to: [dir.join("store")],
  env: { PLIMSOLL_CACHE_DIR: dir.join("cache") },
});
const publish = (more: object = {}) =>
  publishWeights({
    from: [dir.join("weights")],
    release: "v1.0.0",
    model: "net",
    ...at(),
    ...more,
  });
const sync = (from: string, more: object = {}) =>
  syncWeights({ from, dir: dir.join("app"), attestation, env: at().env, ...more });

test("level 2: what GitHub attested is published with it, proven at a sync and kept for the next one", async () => {
  await writeFile(dir.join("weights/attestation.jsonl"), attest(weights));
  await publish();
  const store = await openStore(dir.join("store"));
  const release = await readRelease(store, "net", "v1.0.0", { attestation });
  expect(release.attestation?.claims[0]?.commit).toBe(claims[13]);
  await sync(dir.join("store"), { model: "net" });
  expect(await readFile(dir.join("app/net.npz"))).toEqual(weights);
  // Without a network: from what lies in the app's folder.
  const { ok: again } = await verifyWeights({
    manifest: dir.join("app/manifest.json"),
    attestation,
    env: at().env,
  });
  expect(again).toBe(true);
  await rm(dir.join("app/attestation.jsonl"));
  await expect(
    verifyWeights({ manifest: dir.join("app/manifest.json"), attestation, env: at().env }),
  ).rejects.toMatchObject({ code: "E_SIG" });
});

test("T14: where attestations are configured, none or one of other bytes is refused before a byte is fetched", async () => {
  await publish();
  await expect(sync(dir.join("store"), { model: "net" })).rejects.toMatchObject({
    code: "E_SIG",
    message: expect.stringMatching(/no attestation\.jsonl .*owner\/repo/),
  });
  await writeFile(
    dir.join("store/models/net/v1.0.0/attestation.jsonl"),
    attest(Buffer.from("other weights")),
  );
  await expect(sync(dir.join("store"), { model: "net" })).rejects.toMatchObject({ code: "E_SIG" });
  await expect(readFile(dir.join("app/net.npz"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("signatures of SHA256SUMS for other tools lie beside the version, also of a held one", async () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const mini = createPrivateKey(generateMinisignKeys().privateKey);
  await publish({ hold: true, sshKey: privateKey, minisignKey: mini });
  const version = dir.join("store/models/net/v1.0.0");
  await expect(readFile(`${version}/SHA256SUMS.sig`)).rejects.toMatchObject({ code: "ENOENT" });
  await finishRelease({
    manifestPath: dir.join("weights/manifest.json"),
    release: "v1.0.0",
    sshKey: privateKey,
    minisignKey: mini,
    ...at(),
  });
  expect(await readFile(`${version}/SHA256SUMS.sig`, "utf8")).toMatch(/BEGIN SSH SIGNATURE/);
  expect(await readFile(`${version}/SHA256SUMS.minisig`, "utf8")).toMatch(
    /trusted comment: net v1\.0\.0/,
  );
  const again = await publish({ sshKey: privateKey, minisignKey: mini });
  expect(again.stores[0]?.outcome).toBe("already-published");
});
