import { ListMultipartUploadsCommand } from "@aws-sdk/client-s3";

import { isKey } from "../../check-key.ts";
import type { CallOptions, UnfinishedUpload } from "../../driver.ts";
import { attempt, type S3Context } from "./s3-context.ts";

/** Multipart uploads below a prefix that were neither completed nor aborted, ours and other programs'. */
export async function* unfinishedUploads(
  context: S3Context,
  prefix: string,
  { signal }: CallOptions = {},
): AsyncGenerator<UnfinishedUpload, void, void> {
  const { bucket, keyPrefix } = context.settings;
  let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  while (marker !== undefined) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: bucket,
      Prefix: keyPrefix + prefix,
      ...marker,
    });
    const page = await attempt(context, prefix, signal, (call) =>
      context.client.send(command, call),
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      const key = (Key ?? "").slice(keyPrefix.length);
      if (!isKey(key) || UploadId === undefined) continue;
      yield { key, id: UploadId, ...(Initiated === undefined ? {} : { startedAt: Initiated }) };
    }
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page;
    marker =
      IsTruncated === true && NextKeyMarker !== undefined
        ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker ?? "" }
        : undefined;
  }
}
