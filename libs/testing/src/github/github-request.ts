import type { IncomingMessage } from "node:http";

/** One request as it reached the server. */
export interface GithubRequest {
  /** From 1, in the order of arrival. */
  readonly number: number;
  readonly host: "api" | "uploads" | "web" | "storage";
  readonly method: string;
  /** Decoded, without the prefix of the API. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON body; an empty object for uploads and where there is none. */
  json: Readonly<Record<string, unknown>>;
  /** Set when it is answered. */
  status: number | undefined;
  /** The JSON that was answered, as it was sent. */
  answer: unknown;
}

/** Takes the head of a request apart. */
export function readGithubRequest(
  message: IncomingMessage,
  host: "api" | "uploads" | "storage",
  number: number,
): GithubRequest {
  const url = new URL(message.url ?? "/", "http://localhost");
  const isApi = url.pathname.startsWith("/api/v3/");
  const raw = isApi ? url.pathname.slice("/api/v3".length) : url.pathname;
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(message.headers)) headers[name] = String(value);
  return {
    number,
    host: host === "api" && !isApi ? "web" : host,
    method: message.method ?? "GET",
    path: raw.split("/").map(decodeURIComponent).join("/"),
    query: url.searchParams,
    headers,
    json: {},
    status: undefined,
    answer: undefined,
  };
}

/** Reads a JSON body. Bodies of uploads are not read here. */
export async function readJsonBody(
  message: IncomingMessage,
): Promise<Readonly<Record<string, unknown>>> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}
