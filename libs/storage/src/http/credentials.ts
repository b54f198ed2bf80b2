/**
 * Request headers per origin (`https://host[:port]`), e.g. `{ "https://api.github.com": { authorization: "Bearer …" } }`.
 * A header is sent to its own origin only, on every hop of a redirect anew (row N12).
 */
export type Credentials = Readonly<Record<string, Readonly<Record<string, string>>>>;
