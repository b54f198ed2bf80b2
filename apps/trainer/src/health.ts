import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers 200 to `/health/live` while the worker lives, for hosts that ask over HTTP; anything else is 404. */
export interface Health {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens; port 0 takes any free one. */
export async function openHealth(host: string, port: number): Promise<Health> {
  const server = createServer((request, response) => {
    const isKnown = request.url === "/health/live";
    response.writeHead(isKnown ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(isKnown ? { status: "ok" } : { error: "there is /health/live" }));
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
