import type { Socket } from "node:net";

import { bodyFraming, type Framing } from "./body-framing.ts";
import { openSocket, type Line } from "./open-socket.ts";
import { HeadTooLong, MalformedAnswer, parseHead, type AnswerHead } from "./parse-head.ts";
import type { ProxyAddress } from "./proxy-address.ts";

/** The head of an answer is not longer. */
const headBytes = 16_384;
const headEnd = Buffer.from("\r\n\r\n");

/** Who takes a body. */
export interface BodySink {
  /** A part, valid during the call only. */
  data(part: Buffer): void;
  end(): void;
  /** The connection ended before the body did, or what came was no HTTP. */
  cut(cause?: unknown): void;
}

/** An answer whose body waits in the socket. */
export interface WireAnswer extends AnswerHead {
  /** Of the host that the connection stands to; unknown behind a proxy. */
  readonly address: string | undefined;
  /** Begins to read the body. A few parts may still come while it is held. */
  start(sink: BodySink): void;
  hold(): void;
  release(): void;
  /** Gives the connection up. */
  destroy(): void;
}

/** Who waits for an answer's head. */
interface Waiter {
  readonly method: "GET" | "HEAD";
  answered(answer: WireAnswer): void;
  failed(cause: unknown): void;
}

/** One connection to a host, for one request after another. */
export class Connection {
  readonly socket: Socket;
  /** That it leads through. */
  readonly proxy: ProxyAddress | undefined;
  /** Has stood before: the host may have closed it unseen. */
  isReused = false;
  /** Called when an answer is over: `isUsable` for another request, or not. */
  onFree: (isUsable: boolean) => void = () => undefined;
  #waiter: Waiter | undefined;
  #head: Buffer = Buffer.alloc(0);
  #framing: Framing | undefined;
  #keeps = false;
  #sink: BodySink | undefined;
  /** Came with the head, before somebody took the body. */
  #early: Buffer = Buffer.alloc(0);
  #isHeld = false;
  #failure: unknown;

  constructor(line: Line) {
    this.proxy = line.proxy;
    this.socket = openSocket(line, (part) => {
      this.#read(part);
      return !this.#isHeld;
    });
    this.socket.setNoDelay(true);
    this.socket.on("error", (error) => {
      this.#failure = error;
    });
    this.socket.on("end", () => this.#over());
    this.socket.on("close", () => this.#over());
  }

  /** Sends a request; the head of its answer, or a failure, is told once. */
  send(text: string, waiter: Waiter): void {
    this.#waiter = waiter;
    if (this.socket.destroyed) this.#over();
    else this.socket.write(text, "latin1");
  }

  destroy(): void {
    this.#waiter = undefined;
    this.#sink = undefined;
    this.socket.destroy();
  }

  #read(bytes: Buffer): void {
    try {
      if (this.#sink !== undefined) this.#readBody(bytes);
      else if (this.#waiter !== undefined) this.#readHead(bytes);
      else if (this.#framing !== undefined) this.#early = Buffer.concat([this.#early, bytes]);
      // Nobody asked.
      else this.socket.destroy();
    } catch (error) {
      this.#failure = error;
      this.socket.destroy();
      this.#over();
    }
  }

  #readHead(bytes: Buffer): void {
    this.#head = Buffer.concat([this.#head, bytes]);
    const end = this.#head.indexOf(headEnd);
    if (end > headBytes || (end < 0 && this.#head.length > headBytes)) {
      throw new HeadTooLong();
    }
    // Told early, so that a host of another protocol need not be waited for.
    if (!"HTTP/1.".startsWith(this.#head.toString("latin1", 0, 7))) {
      throw new MalformedAnswer("no status line");
    }
    if (end < 0 || this.#waiter === undefined) return;
    const head = parseHead(this.#head.toString("latin1", 0, end));
    const rest = this.#head.subarray(end + headEnd.length);
    this.#head = Buffer.alloc(0);
    if (head.status === 101) throw new MalformedAnswer("another protocol");
    if (head.status < 200) {
      if (rest.length > 0) this.#readHead(rest);
      return;
    }
    const { method, answered } = this.#waiter;
    this.#framing = bodyFraming(method, head);
    this.#keeps = head.keepsConnection;
    this.#early = rest;
    this.#waiter = undefined;
    this.#hold();
    answered({
      ...head,
      address: this.proxy === undefined ? this.socket.remoteAddress : undefined,
      start: (sink) => this.#start(sink),
      hold: () => this.#hold(),
      release: () => this.#release(),
      destroy: () => this.destroy(),
    });
  }

  #start(sink: BodySink): void {
    this.#sink = sink;
    this.#isHeld = false;
    const early = this.#early;
    this.#early = Buffer.alloc(0);
    if (early.length > 0 || this.#framing?.isOver) this.#read(early);
    if (this.socket.destroyed) this.#over();
    else if (!this.#isHeld) this.socket.resume();
  }

  #readBody(bytes: Buffer): void {
    const framing = this.#framing;
    if (framing === undefined) return;
    const used = framing.take(bytes, (part) => this.#sink?.data(part));
    if (!framing.isOver || this.#sink === undefined) return;
    const sink = this.#sink;
    this.#sink = undefined;
    this.#framing = undefined;
    // Bytes that nobody asked for: what comes next could not be told from them.
    const isUsable = this.#keeps && used === bytes.length && !this.socket.destroyed;
    if (isUsable) this.#release();
    else this.socket.destroy();
    this.onFree(isUsable);
    sink.end();
  }

  /** The connection is gone. */
  #over(): void {
    const waiter = this.#waiter;
    const sink = this.#sink;
    const isEnd = this.#framing?.endsWithConnection === true && this.#failure === undefined;
    this.#waiter = undefined;
    this.#sink = undefined;
    if (!this.socket.destroyed) this.socket.destroy();
    const cut = Object.assign(new Error("the connection was cut"), { code: "ECONNRESET" });
    waiter?.failed(this.#failure ?? cut);
    if (isEnd) sink?.end();
    else sink?.cut(this.#failure);
  }

  #hold(): void {
    this.#isHeld = true;
    this.socket.pause();
  }

  #release(): void {
    this.#isHeld = false;
    this.socket.resume();
  }
}
