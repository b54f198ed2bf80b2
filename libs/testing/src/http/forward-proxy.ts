import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Certificate } from "./self-signed.ts";

/** One request to the proxy: a tunnel that was asked for, or a plain request with a whole address. */
export interface ProxiedRequest {
  readonly method: string;
  /** `host:port` of CONNECT, else the address. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ForwardProxyOptions {
  /** Asked for by 407 unless a request has it: `user:password`. */
  readonly login?: string;
  /** Answers every request with this in place of serving it. */
  readonly status?: number;
  /** Where a `host:port` really is, so that names of no machine can be asked for; default where it says. */
  readonly resolve?: (target: string) => string;
  /** Spoken to over TLS. */
  readonly tls?: Certificate;
  /** Takes connections and never says a word. */
  readonly silent?: boolean;
}

/** A proxy for HTTP on loopback. */
export interface ForwardProxy {
  /** Without a slash at the end. */
  readonly origin: string;
  readonly requests: readonly ProxiedRequest[];
  /** Connections that stand. */
  readonly open: () => number;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a proxy that opens tunnels (CONNECT) and passes plain requests on, one a connection. */
export async function forwardProxy(options: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const { tls, resolve = (target) => target } = options;
  const requests: ProxiedRequest[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    return socket.on("error", () => socket.destroy());
  };

  const serve = (client: Socket, head: string, rest: Buffer): void => {
    const request = readHead(head);
    requests.push(request);
    const answer = (status: number): void => {
      client.end(`HTTP/1.1 ${status} Proxy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    };
    const wanted =
      options.login === undefined
        ? undefined
        : `Basic ${Buffer.from(options.login).toString("base64")}`;
    if (wanted !== undefined && request.headers["proxy-authorization"] !== wanted) {
      return answer(407);
    }
    if (options.status !== undefined) return answer(options.status);
    const isTunnel = request.method === "CONNECT";
    const url = isTunnel ? undefined : new URL(request.target);
    const [, host = "", port = ""] =
      /^\[?(.*?)\]?:(\d+)$/.exec(
        resolve(url ? `${url.hostname}:${url.port || 80}` : request.target),
      ) ?? [];
    const upstream = keep(connect({ host, port: Number(port) }));
    upstream.once("error", () => answer(502));
    upstream.once("connect", () => {
      if (isTunnel) client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      else {
        const lines = head.split("\r\n").filter((line) => !/^proxy-/i.test(line));
        lines[0] = `${request.method} ${url?.pathname ?? ""}${url?.search ?? ""} HTTP/1.1`;
        upstream.write(`${lines.join("\r\n")}\r\n\r\n`);
      }
      if (rest.length > 0) upstream.write(rest);
      client.pipe(upstream).pipe(client);
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.end());
  };

  const connected = (client: Socket): void => {
    keep(client);
    let text = Buffer.alloc(0);
    const read = (part: Buffer): void => {
      text = Buffer.concat([text, part]);
      const end = text.indexOf("\r\n\r\n");
      if (end < 0 || options.silent) return;
      client.off("data", read);
      client.pause();
      serve(client, text.toString("latin1", 0, end), text.subarray(end + 4));
    };
    client.on("data", read);
  };

  const server = tls === undefined ? createServer(connected) : createTlsServer(tls, connected);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  return {
    origin: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    requests,
    open: () => sockets.size,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function readHead(head: string): ProxiedRequest {
  const [first = "", ...lines] = head.split("\r\n");
  const [method = "", target = ""] = first.split(" ");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { method, target, headers: Object.fromEntries(headers) as Record<string, string> };
}
