import type { Socket } from "node:net";
import { Duplex } from "node:stream";

import { HeadTooLong, MalformedAnswer } from "./parse-head.ts";
import type { ProxyAddress } from "./proxy-address.ts";
import { ProxyRefused } from "./proxy-error.ts";

/** The head of a proxy's answer is not longer. */
const headBytes = 16_384;
const headEnd = Buffer.from("\r\n\r\n");

/**
 * A way through a proxy to a host, by CONNECT (RFC 9110, 9.3.6). What is written before it stands waits. It is destroyed
 * with `ProxyRefused` where the proxy says no.
 */
export class ProxyTunnel extends Duplex {
  readonly #proxy: ProxyAddress;
  readonly #socket: Socket;
  #head: Buffer = Buffer.alloc(0);
  #stands = false;
  #held: (() => void) | undefined;

  /** `socket` leads to the proxy; it need not stand yet. */
  constructor(target: URL, proxy: ProxyAddress, socket: Socket) {
    super();
    this.#proxy = proxy;
    this.#socket = socket;
    this.#socket.setNoDelay(true);
    this.#socket.on("error", (error) => this.destroy(error));
    this.#socket.on("data", (part: Buffer) => {
      if (this.#stands) this.#pass(part);
      else this.#readHead(part);
    });
    this.#socket.on("end", () => {
      if (this.#stands) this.push(null);
      else this.destroy(cut());
    });
    this.#socket.on("close", () => this.destroy(this.#stands ? undefined : cut()));
    this.#socket.write(request(target, proxy), "latin1");
  }

  /** Keeps the process alive, or not. */
  setRef(isRef: boolean): void {
    if (isRef) this.#socket.ref();
    else this.#socket.unref();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(part: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const write = (): void => void this.#socket.write(part, (error) => done(error));
    if (this.#stands) write();
    else this.#held = write;
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #readHead(part: Buffer): void {
    this.#head = Buffer.concat([this.#head, part]);
    const end = this.#head.indexOf(headEnd);
    if (end > headBytes || (end < 0 && this.#head.length > headBytes)) {
      this.destroy(new HeadTooLong());
      return;
    }
    if (end < 0) return;
    const line = this.#head.toString("latin1", 0, end);
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |\r\n|$)/.exec(line)?.[1] ?? 0);
    const rest = this.#head.subarray(end + headEnd.length);
    this.#head = Buffer.alloc(0);
    if (status >= 100 && status < 200) this.#readHead(rest);
    else if (status === 0) this.destroy(new MalformedAnswer("a proxy without a status line"));
    else if (status >= 300) this.destroy(new ProxyRefused(this.#proxy, status));
    else this.#stand(rest);
  }

  #stand(rest: Buffer): void {
    this.#stands = true;
    if (rest.length > 0) this.#pass(rest);
    this.#held?.();
    this.#held = undefined;
  }

  #pass(part: Buffer): void {
    if (!this.push(part)) this.#socket.pause();
  }
}

function request(target: URL, { authorization }: ProxyAddress): string {
  const host = `${target.hostname}:${target.port || (target.protocol === "https:" ? 443 : 80)}`;
  const lines = [`CONNECT ${host} HTTP/1.1`, `Host: ${host}`, "User-Agent: plimsoll"];
  if (authorization !== undefined) lines.push(`Proxy-Authorization: ${authorization}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

const cut = (): Error =>
  Object.assign(new Error("the proxy cut the connection"), { code: "ECONNRESET" });
