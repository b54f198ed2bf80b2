import type { GithubRequest } from "./github-request.ts";

/** What the server does wrong with one request. Fields combine. */
export interface GithubFault {
  /** Answer with this status instead of doing it; an upload leaves a `starter`. */
  readonly status?: number;
  /** The message of that answer. */
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Drop the connection before anything is done. */
  readonly refuse?: boolean;
  /** Do it, then drop the connection instead of answering. */
  readonly dropAnswer?: boolean;
  /** Of an upload: drop the connection after so many bytes of it came; a `starter` stays. */
  readonly cutUploadAfter?: number;
  /** Of an upload: answer 502 after all of it came; a `starter` stays. */
  readonly loseUpload?: boolean;
  /** Of an upload: keep it under another name than the one sent. */
  readonly rename?: string;
  /** Of an upload: invert the byte at this offset of every chunk before it is kept. */
  readonly damage?: number;
  /** Of an upload: state no digest, as of assets from before 2025-06-03. */
  readonly noDigest?: boolean;
  /** Of a download: send so many bytes, then drop the connection. */
  readonly cutAfter?: number;
  /** Of a signed download: answer 618, as for one that has expired. */
  readonly expired?: boolean;
  /** Runs before anything is done; what it waits for, the request waits for. */
  readonly before?: () => void | Promise<void>;
}

/** Chooses the fault of a request; `attempt` counts the requests of the same method and path, from 1. */
export type GithubScript = (request: GithubRequest, attempt: number) => GithubFault | undefined;
