import { StorageError, type StorageErrorCode } from "../../error.ts";
import { escapeText } from "../../escape-text.ts";

/** What the client throws, as far as it is looked at: `code` is an HTTP status, or the name of a failed system call. */
interface GcsFault {
  readonly code?: number | string;
  readonly message?: string;
}

/** HTTP status of a failure, where an answer came. */
export function gcsStatus(error: unknown): number | undefined {
  const code = Number((error as GcsFault).code);
  return Number.isInteger(code) && code >= 300 ? code : undefined;
}

const byStatus: Readonly<Record<number, readonly [StorageErrorCode, string]>> = {
  401: ["E_AUTH", "not signed in: set GOOGLE_APPLICATION_CREDENTIALS to a key file"],
  403: ["E_AUTH", "access denied: the account lacks the right for this"],
  404: ["E_NOT_FOUND", "no such object or bucket"],
  412: ["E_CONFLICT", "the object is another than expected"],
  416: ["E_RANGE", "the range lies beyond the object's end"],
  429: ["E_LIMIT", "the host asks to slow down: wait a while and run again"],
};

/** The client's failure in this room's words. `what` names the object, `gs://bucket/key`. */
export function gcsError(error: unknown, what: string): StorageError {
  if (error instanceof StorageError) return error;
  const status = gcsStatus(error);
  const known = status === undefined ? undefined : byStatus[status];
  if (known !== undefined) {
    return new StorageError(known[0], `${what}: ${known[1]}`, { cause: error });
  }
  const { message = "", code } = error as GcsFault;
  if (/credential|getaddrinfo.*metadata|invalid_grant/i.test(message)) {
    const way = "no usable credentials: set GOOGLE_APPLICATION_CREDENTIALS to a key file";
    return new StorageError("E_AUTH", `${what}: ${way}`, { cause: error });
  }
  const why = status === undefined ? String(code ?? "no answer") : `status ${status}`;
  return new StorageError(
    "E_NETWORK",
    `${what}: ${escapeText(why)}: check the endpoint, run again`,
    {
      cause: error,
    },
  );
}
