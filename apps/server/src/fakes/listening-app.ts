import { request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { type AppOptions, buildApp } from "../app.ts";
import type { AppConfig, Lifecycle } from "../context.ts";
import type { Serving } from "../serving.ts";
import { type FakeModels, fakeModels, type FakeModelsOptions } from "./fake-models.ts";
import { type FakeServing, fakeServing } from "./fake-serving.ts";

export const adminToken = "correct-horse-battery-staple-0123456789";

export interface ListeningAppOptions extends Omit<
  Partial<AppOptions>,
  "models" | "serving" | "config"
> {
  readonly models?: FakeModelsOptions;
  readonly serving?: Partial<Serving>;
  readonly config?: Partial<AppConfig>;
}

export interface ListeningApp {
  readonly url: string;
  readonly port: number;
  readonly models: FakeModels;
  readonly serving: FakeServing;
  readonly lifecycle: Lifecycle;
  /** `fetch` of a path; `admin: true` sends the token. */
  ask(path: string, init?: RequestInit & { readonly admin?: boolean }): Promise<Response>;
  /** Sends a path as it is written: `fetch` would clean it first. Gives the status. */
  askRaw(path: string): Promise<number>;
  /** Sends bytes as they are and gives everything that came back until the server closed. */
  talk(text: string): Promise<string>;
  close(): Promise<void>;
}

/** The app on a free port of this machine, with models that are always there. */
export async function listeningApp(options: ListeningAppOptions = {}): Promise<ListeningApp> {
  const { models: modelOptions, serving: parts, config, ...rest } = options;
  const models = fakeModels(modelOptions);
  const serving = fakeServing(models, parts);
  const lifecycle: Lifecycle = options.lifecycle ?? {
    draining: false,
    inFlight: 0,
    streams: new Set(),
  };
  const app = await buildApp({
    models,
    serving,
    ...rest,
    lifecycle,
    config: { version: "1.2.3", adminToken, ...config },
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    models,
    serving,
    lifecycle,
    ask(path, { admin = false, headers, ...init } = {}) {
      const sent = new Headers(headers);
      if (admin) sent.set("authorization", `Bearer ${adminToken}`);
      return fetch(url + path, { ...init, headers: sent });
    },
    askRaw: (path) =>
      new Promise((resolve, reject) => {
        const asked = request({ port, host: "127.0.0.1", path, agent: false }, (answer) => {
          answer.resume();
          answer.once("end", () => resolve(answer.statusCode ?? 0));
        });
        asked.once("error", reject);
        asked.end();
      }),
    talk: (text) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, "127.0.0.1", () => socket.write(text));
        const chunks: Buffer[] = [];
        socket.on("data", (chunk) => chunks.push(chunk));
        socket.once("error", reject);
        socket.once("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
      }),
    async close() {
      for (const stream of lifecycle.streams) stream.abort();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
