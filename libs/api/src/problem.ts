import Type, { type Static } from "typebox";

/** What went wrong, by RFC 9457; sent as `application/problem+json`. `code` is stable, the texts are not. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: "`about:blank`, or an address that explains the code" }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: Type.String({ pattern: "^E_[A-Z_]+$" }),
    detail: Type.Optional(Type.String({ description: "What to do about it" })),
    requestId: Type.Optional(Type.String({ description: "Also in the log" })),
    retryAfter: Type.Optional(Type.Number({ description: "Seconds" })),
  },
  { description: "RFC 9457 problem details" },
);
export type Problem = Static<typeof Problem>;
