import type { FastifyRequest } from "fastify";
import { ServerError } from "../error.ts";

const modelName = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const versionName = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;

const paramOf = (request: FastifyRequest, name: string): string | undefined =>
  (request.params as Readonly<Record<string, string | undefined>>)[name];

/** A model's name as a field of a request may have it. @throws ServerError 404 for what can be none. */
export function modelNameIn(text: string | undefined): string {
  if (text !== undefined && modelName.test(text)) return text;
  throw new ServerError("E_NOT_FOUND", 404, "there is no such model or version");
}

/** The `:model` of an address. It is looked up among the configured models, never joined to a path. */
export const modelParam = (request: FastifyRequest): string =>
  modelNameIn(paramOf(request, "model"));

/** The `:version` of an address, if the route has one. */
export const versionParam = (request: FastifyRequest): string | undefined =>
  versionNameIn(paramOf(request, "version"));

/** A version as a field of a request may have it. @throws ServerError 404 for what can be none. */
export function versionNameIn(text: string | undefined): string | undefined {
  if (text === undefined || versionName.test(text)) return text;
  throw new ServerError("E_NOT_FOUND", 404, "there is no such model or version");
}
