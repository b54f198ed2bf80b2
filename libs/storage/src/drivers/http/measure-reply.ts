import { StorageError } from "../../error.ts";
import type { HttpReply } from "../../http/http-client.ts";
import { showUrl } from "../../http/web-address.ts";

/** Larger than any manifest or pointer may be; weights come from hosts that state a length, or by their manifest's. */
const mostBytes = 4 * 1024 * 1024;

/** Reads the body of an answer that names no length, to learn it. Throws `E_SIZE` beyond 4 MiB. */
export async function measureReply(url: string, reply: HttpReply): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of reply.body) {
    size += part.length;
    if (size > mostBytes) {
      const text = `${showUrl(url)}: the host states no length, and there are more than ${mostBytes} bytes`;
      throw new StorageError("E_SIZE", text);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}
