import type { AssetBytes } from "./asset-bytes.ts";

/** What the server answers. */
export interface GithubAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Sent instead of JSON, ranges included. */
  readonly bytes?: AssetBytes;
  readonly raw?: Buffer;
}

/** A request that GitHub refuses, in the shape of its `basic-error` or `validation-error`. */
export class GithubFailure extends Error {
  override readonly name = "GithubFailure";
  readonly answer: GithubAnswer;

  constructor(status: number, message: string, errors?: readonly Record<string, string>[]) {
    super(message);
    const documentation_url = "https://docs.github.com/rest";
    this.answer = {
      status,
      json: { message, documentation_url, status: String(status), ...(errors && { errors }) },
    };
  }
}

export function notFound(): GithubFailure {
  return new GithubFailure(404, "Not Found");
}

/** 422 with one reason. */
export function invalid(
  resource: string,
  code: string,
  field: string,
  message = "",
): GithubFailure {
  const error = { resource, code, field, ...(message !== "" && { message }) };
  return new GithubFailure(422, "Validation Failed", [error]);
}
