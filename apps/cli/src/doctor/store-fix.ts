import type { StoreKind } from "@plimsoll/storage";

/** What lets each kind of store say yes. */
const credentials: Readonly<Record<StoreKind, string>> = {
  file: "give this user the right to the folder (ls -ld, chmod, chown)",
  http: 'a private host needs "headers" in plimsoll.config.json; a plain web server is read-only',
  s3: "set S3_ACCESS_KEY and S3_SECRET_KEY (or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), and allow them s3:GetObject, s3:ListBucket and, to publish, s3:PutObject on this bucket",
  gcs: "set GOOGLE_APPLICATION_CREDENTIALS to a key file, and give its account Storage Object User on this bucket",
  github: "set GITHUB_TOKEN; to publish it needs contents: write on this repository",
  huggingface: "set HF_TOKEN; to publish it needs write access to this repository",
};

const missing: Readonly<Record<StoreKind, string>> = {
  file: "check the path; the first publish makes the folder",
  http: "check the URL with curl -I; the host may also hide a private file as 404",
  s3: "check the bucket's name, region and endpoint; create the bucket if there is none",
  gcs: "check the bucket's name; create it if there is none",
  github: "check owner and repository; without GITHUB_TOKEN a private one looks missing",
  huggingface: "check owner and repository; without HF_TOKEN a private one looks missing",
};

/** What to do about an error code at a kind of store. */
export function storeFix(kind: StoreKind, code: string): string {
  switch (code) {
    case "E_AUTH":
      return credentials[kind];
    case "E_NOT_FOUND":
      return missing[kind];
    case "E_NETWORK":
      return "check the host's name and endpoint, DNS, firewall and proxy: curl -I shows the same from this machine";
    case "E_TIMEOUT":
      return "the host does not answer in time: check the endpoint, or try again later";
    case "E_DISK":
      return "check the disk: df -h, and whether it is mounted read-only";
    default:
      return "see docs/errors.md for this code";
  }
}
