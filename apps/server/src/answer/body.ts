import type * as Api from "@plimsoll/api";
import type { Static, TSchema } from "typebox";
import { ServerError } from "../error.ts";

type Schemas = {
  [
    Name in keyof typeof Api as (typeof Api)[Name] extends TSchema ? Name : never
  ]: (typeof Api)[Name];
};
export type SchemaName = keyof Schemas & string;

interface Check {
  Check(value: unknown): boolean;
  Errors(value: unknown): readonly { readonly instancePath: string; readonly message: string }[];
}

const compiled = new Map<string, Check>();

/** Schemas and their compiler cost 15 MB: they are loaded with the first body that must be checked, one after the other. */
async function loadSchemas() {
  const api = await import("@plimsoll/api");
  const { Compile } = await import("typebox/compile");
  return (name: SchemaName): Check => Compile(api[name] as TSchema) as unknown as Check;
}

let schemas: ReturnType<typeof loadSchemas> | undefined;

/**
 * A body that has the shape of the named schema of `libs/api`.
 *
 * @throws ServerError 400 `E_USAGE` that names the field and what it must be.
 */
export async function checkedBody<Name extends SchemaName>(
  name: Name,
  body: unknown,
): Promise<Static<Schemas[Name]>> {
  let check = compiled.get(name);
  if (check === undefined) {
    check = (await (schemas ??= loadSchemas()))(name);
    compiled.set(name, check);
  }
  const value = body ?? {};
  if (check.Check(value)) return value as Static<Schemas[Name]>;
  const faults = check
    .Errors(value)
    .slice(0, 3)
    .map(({ instancePath, message }) => `${instancePath.slice(0, 100) || "the body"} ${message}`);
  throw new ServerError("E_USAGE", 400, `not what is expected here: ${faults.join("; ")}`);
}
