import { expect, test } from "@jest/globals";
import { fakeSigstore, type FakeAttestation } from "@plimsoll/testing";
import { verifyAttestation } from "./attestation.ts";
import type { AttestationPolicy } from "./attestation-claims.ts";

const sigstore = fakeSigstore();
const { trustedRoot } = sigstore;
const file = "a".repeat(64);
const other = "b".repeat(64);
const workflow = ".github/workflows/release-weights.yml";
const home = "https://github.com/owner/repo";
const ref = "refs/tags/weights-v1.0.0";
const claims: Readonly<Record<number, string>> = {
  8: "https://token.actions.githubusercontent.com",
  9: `${home}/${workflow}@${ref}`,
  11: "github-hosted",
  12: home,
  13: "c".repeat(40),
  14: ref,
  15: "4711",
  21: `${home}/actions/runs/1/attempts/1`,
};
const statement = (...digests: readonly string[]): object => ({
  _type: "https://in-toto.io/Statement/v1",
  subject: digests.map((sha256, i) => ({ name: `file-${i}`, digest: { sha256 } })),
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {},
});
const policy: AttestationPolicy = {
  repository: "owner/repo",
  repositoryId: "4711",
  workflow,
  ref: "refs/tags/weights-v*",
};
const attest = (changed: Partial<FakeAttestation> = {}): Buffer =>
  sigstore.attest({ claims, statement: statement(file), ...changed });
const verify = (
  bytes: Uint8Array,
  changed: Partial<Parameters<typeof verifyAttestation>[1]> = {},
): ReturnType<typeof verifyAttestation> =>
  verifyAttestation(bytes, { trustedRoot, policy, digests: [file], ...changed });

test("an attestation that names the file, by the workflow that is trusted, is accepted", async () => {
  expect(await verify(attest())).toEqual([
    {
      issuer: claims[8],
      workflow: claims[9],
      runner: claims[11],
      repository: claims[12],
      commit: claims[13],
      ref: claims[14],
      repositoryId: claims[15],
      run: claims[21],
    },
  ]);
});

test("several attestations cover the files together, and one of a stranger does no harm", async () => {
  const stranger = fakeSigstore().attest({ claims, statement: statement(file, other) });
  const lines = [stranger, attest({ statement: statement(other) }), attest()];
  const bytes = Buffer.from(lines.map((line) => `${line.toString()}\n`).join(""));
  expect(await verify(bytes, { digests: [file, other] })).toHaveLength(2);
  await expect(verify(stranger)).rejects.toMatchObject({ code: "E_SIG" });
});

test.each([
  ["repository", 12, "https://github.com/owner/fork"],
  ["repository's number", 15, "4712"],
  ["workflow", 9, `${home}/.github/workflows/other.yml@${ref}`],
  ["workflow", 9, `https://github.com/owner/fork/${workflow}@${ref}`],
  ["ref of its workflow", 9, `${home}/${workflow}@refs/heads/evil`],
  ["ref", 14, "refs/heads/main"],
  ["runner", 11, "self-hosted"],
  ["issuer", 8, "https://accounts.example"],
])("T14: another %s is refused", async (what, number, value) => {
  const bytes = attest({ claims: { ...claims, [number]: value } });
  await expect(verify(bytes)).rejects.toMatchObject({
    code: "E_SIG",
    message: expect.stringContaining(what) as unknown as string,
  });
});

test("T14: a claim that is missing is refused, a runner of one's own can be allowed", async () => {
  const { 15: _number, ...fewer } = claims;
  await expect(verify(attest({ claims: fewer }))).rejects.toThrow("number");
  const own = attest({ claims: { ...claims, 11: "self-hosted" } });
  expect(await verify(own, { policy: { ...policy, allowSelfHosted: true } })).toHaveLength(1);
});

test.each([
  ["another file", { statement: statement(other) }],
  ["no file", { statement: statement() }],
  ["another statement", { statement: { ...statement(file), predicateType: "https://x.example" } }],
  [
    "an old statement",
    { statement: { ...statement(file), _type: "https://in-toto.io/Statement/v0.1" } },
  ],
  ["another payload", { payloadType: "text/plain" }],
  ["a certificate that no log has seen", { withoutSct: true }],
] as [string, Partial<FakeAttestation>][])(
  "an attestation of %s is refused",
  async (_, changed) => {
    await expect(verify(attest(changed))).rejects.toMatchObject({ code: "E_SIG" });
  },
);

type Bundle = {
  verificationMaterial: {
    tlogEntries: { integratedTime: string; inclusionPromise?: unknown; logIndex: string }[];
  };
  dsseEnvelope: { payload: string; signatures: { sig: string }[] };
};
const edited = (edit: (bundle: Bundle) => void): Buffer => {
  const bundle = JSON.parse(attest().toString()) as Bundle;
  edit(bundle);
  return Buffer.from(JSON.stringify(bundle));
};
const swapped = Buffer.from(JSON.stringify(statement(file, other))).toString("base64");

test.each([
  ["another payload", edited(({ dsseEnvelope }) => (dsseEnvelope.payload = swapped))],
  ["no signature", edited(({ dsseEnvelope }) => (dsseEnvelope.signatures = []))],
  [
    "no entry of a log",
    edited(({ verificationMaterial }) => (verificationMaterial.tlogEntries = [])),
  ],
  [
    "T13: another time",
    edited(({ verificationMaterial: { tlogEntries } }) => {
      for (const entry of tlogEntries)
        entry.integratedTime = String(Number(entry.integratedTime) + 1);
    }),
  ],
  [
    "T13: a time that nobody signed",
    edited(({ verificationMaterial: { tlogEntries } }) => {
      for (const entry of tlogEntries) delete entry.inclusionPromise;
    }),
  ],
  ["a key twice", Buffer.from(attest().toString().replace("{", '{"mediaType":"x",'))],
  ["no JSON", Buffer.from("<html>")],
  ["nothing", new Uint8Array(0)],
])("an attestation with %s is refused", async (_, bytes) => {
  await expect(verify(bytes)).rejects.toMatchObject({ code: "E_SIG" });
});

test("the root is the caller's: another one, a broken one and none are refused", async () => {
  const another = fakeSigstore().trustedRoot.toString();
  for (const root of [another, "", "{}", '{"tlogs":1}', "no JSON"]) {
    await expect(verify(attest(), { trustedRoot: Buffer.from(root) })).rejects.toMatchObject({
      code: "E_SIG",
    });
  }
  const lines = Buffer.concat([fakeSigstore().trustedRoot, Buffer.from("\n"), trustedRoot]);
  expect(await verify(attest(), { trustedRoot: lines })).toHaveLength(1);
  const pretty = Buffer.from(JSON.stringify(JSON.parse(trustedRoot.toString()), undefined, 2));
  expect(await verify(attest(), { trustedRoot: pretty })).toHaveLength(1);
});

test("digests that are none are not looked for", async () => {
  await expect(verify(attest(), { digests: [] })).rejects.toThrow("no digests");
  await expect(verify(attest(), { digests: ["abc"] })).rejects.toThrow("no digests");
});

test("GitHub's instance for private repositories has no logs: a signed time is demanded instead", async () => {
  const own = fakeSigstore({ isPrivate: true });
  const made = { claims, statement: statement(file) };
  const both = Buffer.concat([trustedRoot, Buffer.from("\n"), own.trustedRoot]);
  for (const root of [own.trustedRoot, both]) {
    expect(await verify(own.attest(made), { trustedRoot: root })).toHaveLength(1);
    const timeless = own.attest({ ...made, withoutTime: true });
    await expect(verify(timeless, { trustedRoot: root })).rejects.toMatchObject({ code: "E_SIG" });
  }
  const strange = fakeSigstore({ isPrivate: true }).attest(made);
  await expect(verify(strange, { trustedRoot: both })).rejects.toMatchObject({ code: "E_SIG" });
  await expect(verify(attest(), { trustedRoot: own.trustedRoot })).rejects.toMatchObject({
    code: "E_SIG",
  });
});
