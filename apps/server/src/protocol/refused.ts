import { ServerError } from "../error.ts";

/** A request of the protocol that cannot be used: 400 with the reason. */
export const refused = (reason: string): ServerError => new ServerError("E_INPUT", 400, reason);
