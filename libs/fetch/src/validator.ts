import type { HttpReply } from "@plimsoll/storage";

/**
 * A text that changes when the object behind a URL changes: its strong ETag, else what there is of weak ETag, time of
 * change and size, else undefined.
 */
export function validatorOf(
  reply: Pick<HttpReply, "etag" | "headers" | "totalBytes">,
): string | undefined {
  if (reply.etag !== undefined) return reply.etag;
  const weak = reply.headers["etag"];
  const modified = reply.headers["last-modified"];
  if (weak === undefined && modified === undefined) return undefined;
  return JSON.stringify([weak ?? null, modified ?? null, reply.totalBytes ?? null]);
}

/** Whether it may be sent as `If-Range`: only a strong ETag promises equal bytes (RFC 9110, 13.1.5). */
export function isStrong(validator: string | undefined): validator is string {
  return validator?.startsWith('"') ?? false;
}
