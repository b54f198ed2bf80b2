import { StorageError } from "../../error.ts";
import { HttpError } from "../../http/http-error.ts";
import { networkError } from "../../http/network-error.ts";
import { retryRequest } from "../../http/retry-request.ts";
import { checkWebAddress } from "../../http/web-address.ts";
import type { HubContext } from "./hub-context.ts";
import { hubError } from "./hub-error.ts";

/**
 * The `fetch` that the hub's client is given, and that calls which it lacks are made with: what may pass is tried again,
 * and every answer that is no success is thrown as this room's error. Bodies are texts and Blobs: both can be sent
 * again.
 */
export function hubFetch(context: HubContext, signal?: AbortSignal): typeof fetch {
  const { sleep, random, allowHttp } = context.settings;
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    checkWebAddress(new URL(url), allowHttp);
    const signals = [signal, init.signal].filter((one) => one instanceof AbortSignal);
    const both = signals.length === 0 ? undefined : AbortSignal.any(signals);
    const act = async (): Promise<Response> => {
      both?.throwIfAborted();
      const response = await send(url, { ...init, ...(both && { signal: both }) });
      if (response.ok) return response;
      throw await hubError(context, url, response);
    };
    return retryRequest(act, { sleep, random, signal: both });
  };
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    init.signal?.throwIfAborted();
    const cause = (error as Error).cause ?? error;
    // A source that failed while it was sent is the caller's own failure.
    if (cause instanceof StorageError) throw cause;
    throw networkError(new URL(url), cause);
  }
}

/** Calls the hub's API below `/api/models/<repo>/`. */
export async function callHub(
  context: HubContext,
  path: string,
  init: RequestInit,
  signal?: AbortSignal,
): Promise<Response> {
  const { endpoint, repo, token } = context;
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  const url = `${endpoint}/api/models/${repo}/${path}`;
  return hubFetch(context, signal)(url, { ...init, headers });
}

/** The result, or undefined where the hub says that there is no such thing; a missing repository is thrown. */
export async function ifThere<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    const isAbsent = error instanceof HttpError && error.code === "E_NOT_FOUND";
    if (isAbsent && !error.message.includes("no such repository")) return undefined;
    throw error;
  }
}
