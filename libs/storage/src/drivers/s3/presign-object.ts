import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";

import type { PresignedRequest, PresignOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { presignPut } from "./presign-put.ts";
import { address, attempt, nameOf, type S3Context } from "./s3-context.ts";

/** S3's own limit: seven days. */
const maxSeconds = 604_800;

/**
 * A URL for one GET or PUT without credentials. One made with temporary credentials (a role, STS) dies with them, if that
 * is sooner. A PUT with `sha256` takes these bytes and no others, and only while the key is free.
 */
export async function presignObject(
  context: S3Context,
  key: string,
  options: PresignOptions,
): Promise<PresignedRequest> {
  const { method = "GET", expiresInSeconds, sha256 } = options;
  const what = nameOf(context, key);
  if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 1) {
    throw new StorageError("E_USAGE", `${what}: a URL lives a whole number of seconds`);
  }
  if (expiresInSeconds > maxSeconds) {
    throw new StorageError("E_LIMIT", `${what}: a signed URL lives at most 7 days`);
  }
  if (method === "PUT" && sha256 !== undefined) {
    return attempt(context, key, undefined, () =>
      presignPut(context, key, expiresInSeconds, sha256),
    );
  }
  const { getSignedUrl } = await import("@aws-sdk/s3-request-presigner");
  const target = address(context, key);
  const command = method === "PUT" ? new PutObjectCommand(target) : new GetObjectCommand(target);
  const url = await attempt(context, key, undefined, () =>
    getSignedUrl(context.client, command as GetObjectCommand, { expiresIn: expiresInSeconds }),
  );
  return { url, method, headers: {} };
}
