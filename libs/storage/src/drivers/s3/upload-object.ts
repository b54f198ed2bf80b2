import type { ByteSource } from "../../byte-source.ts";
import type { ObjectStat, WriteOptions } from "../../driver.ts";
import { planParts } from "./part-plan.ts";
import { checkDigest } from "./put-object.ts";
import type { S3Context } from "./s3-context.ts";
import { sendParts } from "./send-parts.ts";
import { throughUpload } from "./through-upload.ts";

/**
 * Stores a large source in parts. It is read once; its SHA-256 is taken on the way and compared before the object
 * appears, unless the MD5s of the parts came with it: then the host compares what it received with the very bytes that
 * were hashed. Only a digest that was announced can be stored as metadata: an upload's metadata goes out before its first byte.
 */
export async function uploadObject(
  context: S3Context,
  key: string,
  source: ByteSource,
  options: WriteOptions,
): Promise<ObjectStat> {
  const plan = planParts(source.size, context.tuning.partBytes);
  let actual = "";
  const stat = await throughUpload(
    context,
    key,
    { size: source.size, plan, options },
    async (upload) => {
      const { sha256, ...sent } = await sendParts(context, key, upload, source, plan, options);
      checkDigest(source, sha256, options.sha256);
      actual = sha256;
      return sent;
    },
  );
  return { ...stat, sha256: actual };
}
