import type { IncomingMessage, ServerResponse } from "node:http";
import { RequestProblem } from "../client/request-problem.ts";

/** One request to the contract server, with its body read. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly json: () => unknown;
  readonly form: () => Promise<FormData>;
  readonly response: ServerResponse;
}

/** Reads the whole request. */
export async function readAsked(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Asked> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  return {
    method: request.method ?? "GET",
    path: new URL(request.url ?? "/", "http://localhost").pathname,
    headers: request.headers,
    json: () => JSON.parse(body.toString("utf8")) as unknown,
    form: () =>
      new Response(new Uint8Array(body), {
        headers: { "content-type": request.headers["content-type"] ?? "" },
      }).formData(),
    response,
  };
}

/** Sends what a route gave, or as problem details why it refused. */
export function sendJson(
  response: ServerResponse,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const refused = value instanceof RequestProblem;
  response.writeHead(refused ? value.status : 200, {
    "content-type": refused ? "application/problem+json" : "application/json",
    ...headers,
  });
  response.end(
    JSON.stringify(
      refused
        ? {
            type: "about:blank",
            title: value.message,
            status: value.status,
            code: value.code,
            detail: value.detail,
          }
        : value,
    ),
  );
}

/** Opens a stream of server-sent events; gives the function that sends one. */
export function openStream(response: ServerResponse): (event: object) => void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(": open\n\n");
  let id = 0;
  return (event) => {
    id += 1;
    response.write(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
  };
}
