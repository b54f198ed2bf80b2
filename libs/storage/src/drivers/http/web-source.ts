import type { ObjectStat } from "../../driver.ts";
import type { HttpClient, HttpReply } from "../../http/http-client.ts";

/** What reading from a web host needs. */
export interface WebSource {
  readonly client: HttpClient;
  readonly locate: (key: string) => string;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

/** What the head of an answer says about the object. The digest is the one that this project's own uploads carry. */
export function statOfReply(key: string, size: number, reply: HttpReply): ObjectStat {
  const modified = Date.parse(text(reply, "last-modified") ?? "");
  const sha256 = text(reply, "x-amz-meta-sha256") ?? text(reply, "x-goog-meta-sha256");
  return {
    key,
    size,
    ...(reply.etag !== undefined && { etag: reply.etag }),
    ...(sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) && { sha256 }),
    ...(!Number.isNaN(modified) && { modifiedAt: new Date(modified) }),
  };
}

/** Gives up the body of an answer that is not wanted after all. One that was begun has been given up by its reader. */
export async function leave(reply: HttpReply): Promise<void> {
  let body: AsyncIterator<Buffer>;
  try {
    body = reply.body[Symbol.asyncIterator]();
  } catch {
    return;
  }
  await body.return?.();
}

function text(reply: HttpReply, name: string): string | undefined {
  const value = reply.headers[name];
  return typeof value === "string" ? value : undefined;
}
