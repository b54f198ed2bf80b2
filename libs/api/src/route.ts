import type { TSchema } from "typebox";

/** Who may ask: anyone, who has the API key (where one is set), or who has the admin token. */
export type Audience = "anyone" | "key" | "admin";

/** What a route answers with one status. */
export interface Reply {
  readonly description: string;
  /** Of a JSON body. */
  readonly schema?: TSchema;
  /** Default `application/json`. */
  readonly type?: string;
}

/** One route, as the OpenAPI document tells it. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT";
  /** Parameters in braces, as OpenAPI writes them. */
  readonly path: string;
  readonly who: Audience;
  readonly tag: string;
  readonly summary: string;
  readonly query?: TSchema;
  readonly body?: {
    readonly schema: TSchema;
    /** Default `application/json`. */
    readonly type?: string;
    /** Default true. */
    readonly required?: boolean;
  };
  readonly headers?: readonly { readonly name: string; readonly description: string }[];
  readonly replies: Readonly<Record<number, Reply>>;
  /** Statuses answered with problem details, beyond those that `who` brings. */
  readonly problems?: readonly number[];
}
