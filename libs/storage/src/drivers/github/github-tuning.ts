/** Sizes and times of the GitHub driver; tests make them small. */
export interface GithubTuning {
  /** Longest time of a request to the API. */
  readonly apiTimeoutMs: number;
  /** Longest silence of an upload, also while GitHub stores what came. */
  readonly uploadIdleMs: number;
  /** How long one look at a release answers further questions. Own writes end it. */
  readonly viewMs: number;
  /** How long the signed address of a private asset is used again. GitHub's is good for about an hour. */
  readonly signedMs: number;
  /** Longest wait for a rate limit. GitHub's windows are an hour. */
  readonly longestWaitMs: number;
  /** How long another publisher's upload that is not finished is left alone. */
  readonly starterMs: number;
  /** Largest file of the branch. */
  readonly maxFileBytes: number;
}

export const githubTuning: GithubTuning = {
  apiTimeoutMs: 60_000,
  uploadIdleMs: 300_000,
  viewMs: 2_000,
  signedMs: 300_000,
  longestWaitMs: 65 * 60_000,
  starterMs: 60_000,
  maxFileBytes: 25 * 1024 * 1024,
};
