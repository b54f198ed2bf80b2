import { HttpError, type HttpClient, type HttpReply } from "@plimsoll/storage";
import type { Answer, Ask, Source } from "./source.ts";
import { isStrong, validatorOf } from "./validator.ts";

/**
 * An object on a web server. Where the address redirects, the target is remembered for the next ranges, in memory only,
 * and forgotten when it stops working: a signed target may have expired, and the original address gives a new one
 * (row N18).
 */
export class HttpSource implements Source {
  readonly url: string;
  readonly #http: HttpClient;
  #target: string | undefined;

  constructor(url: string, http: HttpClient) {
    this.url = url;
    this.#http = http;
  }

  async ask(ask: Ask): Promise<Answer> {
    const target = this.#target;
    if (target !== undefined) {
      try {
        return answerOf(await askHttp(this.#http, target, ask));
      } catch (error) {
        if (this.#target === target) this.#target = undefined;
        if (!refusesThisAddress(error)) throw error;
      }
    }
    const reply = await askHttp(this.#http, this.url, ask);
    this.#target = reply.finalUrl === this.url ? undefined : reply.finalUrl;
    return answerOf(reply);
  }
}

/** Sends one request for bytes to a web address. */
export function askHttp(
  http: HttpClient,
  url: string,
  { start, end, validator, signal }: Ask,
): Promise<HttpReply> {
  return http.request(url, {
    signal,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(start !== undefined && isStrong(validator) ? { ifRange: validator } : {}),
  });
}

/** What a web server's reply is to a fetch. */
export function answerOf(reply: HttpReply): Answer {
  const type = reply.headers["content-type"];
  return {
    whole: reply.status === 200,
    totalBytes: reply.totalBytes,
    validator: validatorOf(reply),
    contentType: typeof type === "string" ? type : undefined,
    pump: reply.pump,
  };
}

/** 400, 401, 403, 404, 410 and 618: what an expired signature looks like at one host or another. */
export function refusesThisAddress(error: unknown): boolean {
  const status = error instanceof HttpError ? error.status : undefined;
  return status !== undefined && [400, 401, 403, 404, 410, 618].includes(status);
}
