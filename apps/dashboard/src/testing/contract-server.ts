import type { ServerEvent } from "@plimsoll/api";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { RequestProblem } from "../client/request-problem.ts";
import { contractRoutes } from "./contract-routes.ts";
import { openStream, readAsked, sendJson } from "./contract-reply.ts";
import { type ContractState, contractState } from "./contract-state.ts";
import { contractTraining } from "./contract-training.ts";

/** The policy that the server sends with the page: nothing but its own files, nothing inline. */
export const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; " +
  "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

export interface ContractServerOptions {
  /** Folder of the built page. */
  readonly web: string;
  readonly port?: number;
  readonly adminToken?: string;
  readonly state?: ContractState;
  /** Milliseconds of one step of a training run; default 40. */
  readonly stepMs?: number;
  readonly epochs?: number;
}

/** A server that keeps to the HTTP contract, with states that are hard to reach on a real one. */
export interface ContractServer {
  readonly url: string;
  readonly port: number;
  readonly state: ContractState;
  event(event: Partial<ServerEvent> & { readonly type: string }): void;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Starts it on loopback, on any free port unless one is given (a server that comes back keeps its address). */
export async function contractServer(options: ContractServerOptions): Promise<ContractServer> {
  const { web, adminToken = "open-sesame", state = contractState(Date.now()) } = options;
  const streams = new Set<(event: object) => void>();
  const event: ContractServer["event"] = (what) => {
    const whole = { id: state.events.length + 1, at: new Date().toISOString(), ...what };
    state.events.unshift(whole);
    for (const send of streams) send(whole);
  };
  const training = contractTraining({
    state,
    stepMs: options.stepMs ?? 40,
    epochs: options.epochs ?? 8,
    onPublished(name, version, metrics) {
      const model = state.models.get(name);
      const newest = model?.versions[0];
      if (!model || !newest) return;
      model.versions = [
        { ...newest, version, metrics, createdAt: new Date().toISOString(), updateBytes: 310_000 },
        ...model.versions,
      ];
      const channels = { ...model.summary.channels, staging: version, latest: version };
      model.summary = { ...model.summary, channels, versions: model.versions.length };
      event({ type: "promoted", model: name, version, message: `staging names ${version}` });
    },
  });
  const answer = contractRoutes({ state, adminToken, training, event });

  const server = createServer((request, response) => {
    void (async () => {
      const asked = await readAsked(request, response);
      try {
        if (asked.path === "/api/v1/admin/events" && asked.headers.authorization) {
          const send = openStream(response);
          streams.add(send);
          response.on("close", () => streams.delete(send));
          return;
        }
        const value = await answer(asked);
        if (response.headersSent) return;
        if (value === undefined) await page(asked.path);
        else sendJson(response, value);
      } catch (error) {
        const refusal =
          error instanceof RequestProblem ? error : new RequestProblem(500, "E_BUG", String(error));
        if (!response.headersSent) sendJson(response, refusal);
      }
    })();

    async function page(path: string): Promise<void> {
      const file = join(web, normalize(path === "/" ? "/index.html" : path));
      const body = await readFile(file).catch(() => {
        throw new RequestProblem(404, "E_NOT_FOUND", `${path} is not here`);
      });
      response.writeHead(200, {
        "content-type": types[extname(file)] ?? "application/octet-stream",
        "content-security-policy": pagePolicy,
        "x-content-type-options": "nosniff",
      });
      response.end(body);
    }
  });
  await new Promise<void>((done) => server.listen(options.port ?? 0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    state,
    event,
    async close() {
      training.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
