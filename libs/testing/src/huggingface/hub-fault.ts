/** One request as it reached the server. */
export interface HubRequest {
  /** `hub` answers the API and `resolve`, `lfs` takes uploads, `cdn` gives large files. */
  readonly host: "hub" | "lfs" | "cdn";
  readonly method: string;
  /** Decoded, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Body as text; empty for uploads. */
  readonly body: string;
}

/** What the server does wrong with one request. */
export interface HubFault {
  /** Answer with this status instead of doing it. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Do it, then drop the connection instead of answering. */
  readonly dropAnswer?: boolean;
  /** Of an upload: drop the connection after so many bytes came. */
  readonly cutUploadAfter?: number;
  /** Of a download from the CDN: drop the connection after so many bytes. */
  readonly cutAfter?: number;
  /** Runs before anything is done; what it waits for, the request waits for. */
  readonly before?: () => void | Promise<void>;
}

/** Chooses the fault of a request. */
export type HubScript = (request: HubRequest) => HubFault | undefined;
