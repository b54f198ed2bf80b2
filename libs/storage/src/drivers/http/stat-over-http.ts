import type { CallOptions, ObjectStat } from "../../driver.ts";
import { HttpError } from "../../http/http-error.ts";
import type { HttpReply, HttpRequest } from "../../http/http-client.ts";
import { retryRequest } from "../../http/retry-request.ts";
import { measureReply } from "./measure-reply.ts";
import { leave, statOfReply, type WebSource } from "./web-source.ts";

/** Answers of hosts that know no HEAD, or sign addresses for GET alone. */
const headRefusals: readonly (number | undefined)[] = [400, 403, 405, 501];

/**
 * What a web host says about a key: by HEAD, by the first byte where it has none or names no length, and by reading
 * where even that tells no size. `undefined` where there is no such object.
 */
export async function statOverHttp(
  source: WebSource,
  key: string,
  { signal }: CallOptions,
): Promise<ObjectStat | undefined> {
  const url = source.locate(key);
  const ask = (request: HttpRequest): Promise<HttpReply> =>
    retryRequest(() => source.client.request(url, { ...request, ...(signal && { signal }) }), {
      ...source,
      signal,
    });
  try {
    const head = await ask({ method: "HEAD" }).catch((error: unknown) => {
      if (error instanceof HttpError && headRefusals.includes(error.status)) return undefined;
      throw error;
    });
    if (head?.totalBytes !== undefined) return statOfReply(key, head.totalBytes, head);
    const first = await ask({ start: 0, end: 1 }).catch((error: unknown) => {
      // An empty object has no first byte.
      if (error instanceof HttpError && error.code === "E_RANGE") return undefined;
      throw error;
    });
    if (first?.totalBytes !== undefined) {
      await leave(first);
      return statOfReply(key, first.totalBytes, first);
    }
    if (first !== undefined) await leave(first);
    const whole = await ask({});
    if (whole.totalBytes !== undefined) {
      await leave(whole);
      return statOfReply(key, whole.totalBytes, whole);
    }
    return statOfReply(key, (await measureReply(url, whole)).length, whole);
  } catch (error) {
    if (error instanceof HttpError && error.code === "E_NOT_FOUND") return undefined;
    throw error;
  }
}
