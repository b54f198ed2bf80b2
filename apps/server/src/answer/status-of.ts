import { ServerError } from "../error.ts";

/** HTTP status of the rooms' error codes. Rooms know no statuses. */
const statuses: Readonly<Record<string, number>> = {
  E_USAGE: 400,
  E_INPUT: 422,
  E_MEDIA: 415,
  E_NOT_FOUND: 404,
  E_BUSY: 503,
  E_CRASH: 503,
  E_CLOSED: 503,
  E_NETWORK: 503,
  E_TIMEOUT: 504,
  E_OUTPUT: 500,
  E_AUTH: 502,
  E_DISK: 507,
  E_MEMORY: 507,
  E_LIMIT: 507,
  E_CONFLICT: 409,
  E_EXISTS: 409,
  E_LOCKED: 409,
  E_GATE: 409,
  E_YANKED: 409,
  E_SUPERSEDED: 409,
  E_SAMPLES: 409,
  E_CLASS: 422,
  E_QUOTA: 429,
  E_MODEL: 422,
  E_DIGEST: 422,
  E_SIGNATURE: 422,
  E_GOLDEN: 422,
  E_SIZE: 422,
  E_MISMATCH: 422,
  E_SIG: 422,
  E_KEY: 422,
  E_STALE: 422,
  E_ROLLBACK: 422,
  E_EQUIVOCATION: 422,
  E_SEQUENCE: 422,
  E_PIN: 422,
  E_PATH: 422,
  E_SCAN: 422,
  E_LFS_POINTER: 422,
  E_MANIFEST_PARSE: 422,
  E_MANIFEST_SCHEMA: 422,
  // The client is gone; nobody reads this.
  E_ABORTED: 499,
};

/** Codes that are the operator's fault where a client only wanted an answer. */
const notTheClients = new Set(
  Object.keys(statuses).filter(
    (code) => [409, 422, 502, 507].includes(statuses[code] ?? 0) && code !== "E_INPUT",
  ),
);

/** The code of an error of any room, `E_BUG` for what is none. */
export function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === "string" && /^E_[A-Z_]+$/.test(code) ? code : "E_BUG";
}

/** HTTP status of an error. `asking`: the route asks a model, so a model that cannot be loaded is a 503. */
export function statusOf(error: unknown, options: { readonly asking?: boolean } = {}): number {
  if (error instanceof ServerError) return error.status;
  const code = codeOf(error);
  if (options.asking && notTheClients.has(code)) return 503;
  return statuses[code] ?? 500;
}
