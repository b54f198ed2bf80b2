import type { FastifyReply } from "fastify";
import type { Context } from "../context.ts";
import { ServerError } from "../error.ts";

/** A reader that is so far behind that the rest would only fill the memory. */
const maxBufferedBytes = 1024 * 1024;

export interface EventStream {
  /** Sends one event; `id` is what a reader may name when it comes back. */
  send(data: unknown, id?: number): void;
  /** Aborts when the client goes or the server drains. */
  readonly signal: AbortSignal;
  end(): void;
}

/** Answers with server-sent events: `data:` holds JSON in one line, a comment every 15 s keeps proxies from closing it. */
export function openEventStream(reply: FastifyReply, context: Context): EventStream {
  const { streams } = context.lifecycle;
  if (streams.size >= context.limits.streams) {
    throw new ServerError("E_BUSY", 503, "too many streams of events", { retryAfterSeconds: 5 });
  }
  const controller = new AbortController();
  streams.add(controller);
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  raw.write(": here is what happens\n\n");
  const beat = setInterval(() => raw.write(": still here\n\n"), 15_000);
  beat.unref();
  const end = (): void => {
    clearInterval(beat);
    streams.delete(controller);
    if (!controller.signal.aborted) controller.abort();
    if (!raw.writableEnded) raw.end();
  };
  raw.once("close", end);
  controller.signal.addEventListener("abort", end, { once: true });
  return {
    signal: controller.signal,
    end,
    send(data, id) {
      if (raw.writableEnded) return;
      raw.write(`${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
      if (raw.writableLength > maxBufferedBytes) end();
    },
  };
}
