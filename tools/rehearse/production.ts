import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Break } from "./endings.ts";

export interface Gate {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Stands before the production server and, where a break is rehearsed, makes the new version misbehave: `deploy` lets no
 * reload of it through, `watch` fails every prediction that it answered.
 */
export async function openGate(
  target: string,
  version: string,
  broken: Break | undefined,
): Promise<Gate> {
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing, { target, version, broken }).catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { target, version, broken }: { target: string; version: string; broken: Break | undefined },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const path = incoming.url ?? "/";
  const isReload = path.endsWith("/reload-models") && body.includes(`"${version}"`);
  if (broken === "deploy" && isReload) {
    outgoing.writeHead(503, { "content-type": "application/problem+json" });
    outgoing.end(JSON.stringify({ status: 503, code: "E_REHEARSED", title: "out of order" }));
    return;
  }
  const inner = request(new URL(path, target), {
    method: incoming.method ?? "GET",
    headers: { ...incoming.headers, host: new URL(target).host },
  });
  inner.end(body);
  const [answer] = (await once(inner, "response")) as [IncomingMessage];
  if (broken === "watch" && answer.headers["x-model-version"] === version) {
    answer.resume();
    outgoing.writeHead(500, { "content-type": "application/json" });
    outgoing.end(JSON.stringify({ error: "the rehearsal breaks every answer of this version" }));
    return;
  }
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  answer.pipe(outgoing);
}
