import type { Problem } from "@plimsoll/api";

/** A request that was refused, failed, or never arrived (`status` 0, `code` `E_UNREACHABLE`). */
export class RequestProblem extends Error {
  override readonly name = "RequestProblem";
  readonly status: number;
  readonly code: string;
  /** What to do about it, where the server says so. */
  readonly detail?: string;

  constructor(status: number, code: string, title: string, detail?: string) {
    super(title);
    this.status = status;
    this.code = code;
    if (detail !== undefined) this.detail = detail;
  }

  /** Reads problem details (RFC 9457) and, where a proxy answered in its own words, makes some of the status. */
  static async from(response: Response): Promise<RequestProblem> {
    const { status } = response;
    try {
      const {
        code = `E_HTTP_${status}`,
        title,
        detail,
      } = (await response.json()) as Partial<Problem>;
      // "Conflict" says nothing that the status does not: what happened stands in the detail then.
      if (detail !== undefined && (title === undefined || title === response.statusText)) {
        return new RequestProblem(status, code, detail);
      }
      return new RequestProblem(status, code, title ?? `The server answered ${status}`, detail);
    } catch {
      return new RequestProblem(status, `E_HTTP_${status}`, `The server answered ${status}`);
    }
  }
}
