import type { S3Code } from "./s3-failure.ts";
import type { S3Request } from "./s3-request.ts";

/** What the server does wrong with one request. Fields combine. */
export interface S3Fault {
  /** Refuse with this code and its status instead of doing it. */
  readonly code?: S3Code;
  /** Drop the connection before anything is done. */
  readonly refuse?: boolean;
  /** Do it, then drop the connection instead of answering. */
  readonly dropAnswer?: boolean;
  /** Send so many bytes of the answer's body, then drop the connection. */
  readonly cutAfter?: number;
  /** Invert this byte of the answer's body. */
  readonly wrongByte?: number;
  /** Wait before anything is done. */
  readonly delayMs?: number;
  /** Answer with these headers too. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Chooses the fault of a request; `attempt` counts the requests of the same kind to the same key, from 1. */
export type S3Script = (request: S3Request, attempt: number) => S3Fault | undefined;
