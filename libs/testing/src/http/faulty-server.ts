import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { answer, type ServedFile } from "./answer.ts";
import type { Fault } from "./fault.ts";
import { pacer, type Pacer } from "./pacer.ts";
import { readRequests, type RawRequest } from "./read-requests.ts";
import { sendBody } from "./send-body.ts";
import { selfSigned, type Certificate } from "./self-signed.ts";

/** One request as the server saw it. */
export interface LoggedRequest extends RawRequest {
  /** `target` without its query. */
  readonly path: string;
  /** Of this path, from 0. */
  readonly number: number;
  /** Of the answer; 0 where none was sent. */
  status: number;
  /** Body bytes handed to the socket. */
  sentBytes: number;
}

/** Faults of one path: always this one, one a request in order (then none), or chosen for each request. */
export type Script =
  Fault | readonly (Fault | undefined)[] | ((request: LoggedRequest) => Fault | undefined);

export interface FaultyServerOptions {
  /** By path, `/model.onnx`. */
  readonly files?: Readonly<Record<string, Uint8Array | ServedFile>>;
  /** By path; `*` for every path that has no script of its own. */
  readonly faults?: Readonly<Record<string, Script>>;
  /** Limit of each connection. */
  readonly bytesPerSecond?: number;
  /** `true`: HTTPS with a new self-signed certificate, whose PEM is `ca`. */
  readonly tls?: boolean | Certificate;
}

/** A web server on loopback that answers wrongly on demand. */
export interface FaultyServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly origin: string;
  /** PEM to trust, with `tls`. */
  readonly ca: string | undefined;
  /** In the order of arrival. */
  readonly requests: readonly LoggedRequest[];
  /** Connections accepted so far, and the most at one time. */
  readonly connections: { readonly accepted: number; readonly peak: number };
  url(path: string): string;
  /** Adds a file, or replaces it while it is being served. */
  put(path: string, file: Uint8Array | ServedFile): void;
  /** Replaces the script of a path. */
  script(path: string, script: Script): void;
  /** Requests of one path. */
  of(path: string): readonly LoggedRequest[];
  /** Ends every connection and stops. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a server that serves bytes with faults as data. */
export async function faultyServer(options: FaultyServerOptions = {}): Promise<FaultyServer> {
  const files = new Map(Object.entries(options.files ?? {}));
  const scripts = new Map(Object.entries(options.faults ?? {}));
  const requests: LoggedRequest[] = [];
  const sockets = new Set<Socket>();
  const connections = { accepted: 0, peak: 0 };
  const certificate = options.tls === true ? selfSigned() : options.tls || undefined;
  let origin = "";

  const connected = (socket: Socket): void => {
    sockets.add(socket);
    connections.accepted++;
    connections.peak = Math.max(connections.peak, sockets.size);
    socket.on("close", () => sockets.delete(socket));
    // A client that goes away is no failure of the server.
    socket.on("error", () => socket.destroy());
    serve(socket).catch(() => socket.destroy());
  };

  const serve = async (socket: Socket): Promise<void> => {
    const { bytesPerSecond } = options;
    const limit = bytesPerSecond === undefined ? undefined : pacer(bytesPerSecond);
    for await (const raw of readRequests(socket)) {
      const path = raw.target.split("?")[0] ?? "";
      const number = requests.filter((earlier) => earlier.path === path).length;
      const logged: LoggedRequest = { ...raw, path, number, status: 0, sentBytes: 0 };
      requests.push(logged);
      const fault = pick(scripts.get(path) ?? scripts.get("*"), logged);
      const drip = fault.dripBytesPerSecond;
      const pace = drip === undefined ? limit : pacer(drip);
      if (!(await respond(socket, logged, fault, pace))) break;
    }
  };

  const respond = async (
    socket: Socket,
    request: LoggedRequest,
    fault: Fault,
    pace: Pacer | undefined,
  ): Promise<boolean> => {
    if (fault.delayMs !== undefined) await sleep(fault.delayMs);
    if (fault.refuse) {
      end(socket, fault);
      return false;
    }
    const file = files.get(request.path);
    const served = file instanceof Uint8Array ? { bytes: file } : file;
    const { status, head, body, close } = answer(request, served, fault, origin);
    request.status = status;
    socket.write(head);
    await sendBody(socket, body, fault, pace, (bytes) => (request.sentBytes += bytes));
    if (close) end(socket, fault);
    return !close;
  };

  const server = certificate
    ? createTlsServer({ key: certificate.key, cert: certificate.cert }, connected)
    : createServer(connected);
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  origin = `${certificate ? "https" : "http"}://127.0.0.1:${port}`;

  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, "close");
  };
  return {
    origin,
    ca: certificate?.cert,
    requests,
    connections,
    url: (path) => origin + path,
    put: (path, file) => void files.set(path, file),
    script: (path, script) => void scripts.set(path, script),
    of: (path) => requests.filter((request) => request.path === path),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function pick(script: Script | undefined, request: LoggedRequest): Fault {
  if (typeof script === "function") return script(request) ?? {};
  if (Array.isArray(script))
    return (script as readonly (Fault | undefined)[])[request.number] ?? {};
  return (script as Fault | undefined) ?? {};
}

function end(socket: Socket, fault: Fault): void {
  // What was written before goes out first.
  if (fault.reset) socket.write("", () => socket.resetAndDestroy());
  else socket.end();
}
