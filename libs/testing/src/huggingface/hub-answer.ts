/** What the server answers. */
export interface HubAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Sent instead of JSON, ranges included. */
  readonly bytes?: Buffer;
}

/** A request that the hub refuses, in the shape of its errors. */
export class HubRefusal extends Error {
  readonly answer: HubAnswer;

  constructor(status: number, message: string, code?: string) {
    super(message);
    const headers = code === undefined ? {} : { "x-error-code": code, "x-error-message": message };
    this.answer = { status, headers, json: { error: message } };
  }
}

export const entryMissing = (): HubRefusal =>
  new HubRefusal(404, "Entry not found", "EntryNotFound");
