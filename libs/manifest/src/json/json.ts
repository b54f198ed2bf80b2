/** A value of RFC 8259. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object without a prototype: `__proto__` and `constructor` are plain keys of it (row M10). */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
