import { accessStore } from "./access.ts";
import { connectionStore } from "./connection.ts";
import { RequestProblem } from "./request-problem.ts";

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly form?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Headers that open the closed routes: sent to this origin alone, since every path here is relative. */
export function accessHeaders(): Record<string, string> {
  const { adminToken, apiKey } = accessStore.get();
  return {
    ...(adminToken ? { authorization: `Bearer ${adminToken}` } : {}),
    ...(apiKey ? { "x-api-key": apiKey } : {}),
  };
}

/** Asks the server and gives its answer, whatever it holds. @throws RequestProblem for every other end. */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  const { body, form, headers, method = "GET", signal } = options;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      cache: "no-store",
      headers: {
        accept: "application/json",
        ...accessHeaders(),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(form ? { body: form } : body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    connectionStore.lost();
    throw new RequestProblem(
      0,
      "E_UNREACHABLE",
      "The server does not answer",
      "It may be starting again. This page goes on by itself as soon as it is back.",
    );
  }
  // A proxy says 502 to 504 in its own words; the server's own 503 is an answer like any other.
  const ours = response.headers.get("content-type")?.includes("json") ?? false;
  if (response.status >= 502 && response.status <= 504 && !ours) connectionStore.lost();
  else connectionStore.live();
  if (!response.ok) throw await RequestProblem.from(response);
  return response;
}

/** Asks the server for JSON. @throws RequestProblem */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  return (await (await send(path, options)).json()) as T;
}
