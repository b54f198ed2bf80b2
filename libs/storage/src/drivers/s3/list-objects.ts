import { ListObjectsV2Command } from "@aws-sdk/client-s3";

import { isKey } from "../../check-key.ts";
import type { ListEntry, ListOptions } from "../../driver.ts";
import { quoted } from "./object-stat.ts";
import { attempt, type S3Context } from "./s3-context.ts";

/**
 * Objects below a prefix, page by page, in the host's order. Keys that are outside of the grammar are left out: they
 * cannot be ours, and `.plimsoll/` is kept from readers by this.
 */
export async function* listObjects(
  context: S3Context,
  prefix: string,
  { depth, signal }: ListOptions = {},
): AsyncGenerator<ListEntry, void, void> {
  const { bucket, keyPrefix } = context.settings;
  const toKey = (text: string | undefined, isEncoded: boolean): string => {
    const plain = isEncoded ? decodeURIComponent((text ?? "").replaceAll("+", " ")) : (text ?? "");
    return plain.slice(keyPrefix.length);
  };
  let ContinuationToken: string | undefined;
  do {
    const page = await attempt(context, prefix, signal, (options) =>
      context.client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: keyPrefix + prefix,
          // Encoded, since XML cannot carry every character that somebody may have put into a key.
          EncodingType: "url",
          ...(depth === "shallow" ? { Delimiter: "/" } : {}),
          ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
        }),
        options,
      ),
    );
    // A host that does not know the option says so by leaving it out of the answer.
    const isEncoded = page.EncodingType === "url";
    for (const { Key, Size, ETag, LastModified } of page.Contents ?? []) {
      const key = toKey(Key, isEncoded);
      if (!isKey(key)) continue;
      const etag = quoted(ETag);
      yield {
        type: "object",
        key,
        size: Size ?? 0,
        ...(etag === undefined ? {} : { etag }),
        ...(LastModified === undefined ? {} : { modifiedAt: LastModified }),
      };
    }
    for (const { Prefix } of page.CommonPrefixes ?? []) {
      const key = toKey(Prefix, isEncoded);
      if (isKey(key.slice(0, -1))) yield { type: "prefix", key };
    }
    ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined);
}
