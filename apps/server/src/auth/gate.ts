import type { FastifyReply, FastifyRequest } from "fastify";
import { ServerError } from "../error.ts";
import { sameSecret } from "./same-secret.ts";

/** Counts a wrong secret of an address, or only looks; gives the seconds to wait where there were too many. */
export type WrongSecrets = (
  request: FastifyRequest,
  options: { readonly count: boolean },
) => Promise<number | undefined>;

export interface GateOptions {
  /** What is protected, for messages: `admin token` or `API key`. */
  readonly what: string;
  readonly secret: string;
  /** What the client sends; undefined: nothing. */
  readonly read: (request: FastifyRequest) => string | undefined;
  /** For `WWW-Authenticate`. */
  readonly challenge: string;
  readonly wrongSecrets: WrongSecrets;
  readonly onRefused?: (reason: "missing" | "wrong" | "limited") => void;
}

/** From this length on no one guesses a secret, so that who has it need not wait for those who guess from one address. */
const longSecret = 32;

/**
 * A hook that lets nobody pass without the secret: 401 without one, 403 with a wrong one, 429 after too many of them.
 * Refusals are the same whatever is asked for.
 */
export function gate(options: GateOptions) {
  const { what, secret, onRefused } = options;
  const tooMany = (seconds: number): ServerError => {
    onRefused?.("limited");
    return new ServerError("E_BUSY", 429, `too many wrong secrets: try again in ${seconds} s`, {
      retryAfterSeconds: seconds,
    });
  };
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const given = options.read(request);
    if (given === undefined) {
      onRefused?.("missing");
      void reply.header("www-authenticate", options.challenge);
      throw new ServerError("E_AUTH", 401, `the ${what} is missing`);
    }
    const isRight = sameSecret(given, secret);
    if (isRight && secret.length >= longSecret) return;
    const seconds = await options.wrongSecrets(request, { count: !isRight });
    if (seconds !== undefined) throw tooMany(seconds);
    if (isRight) return;
    onRefused?.("wrong");
    throw new ServerError("E_AUTH", 403, `the ${what} is wrong`);
  };
}
