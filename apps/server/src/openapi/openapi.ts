import { type Audience, Problem, ProtocolError, type Route, routes } from "@plimsoll/api";

/** The part of an OpenAPI 3.1 document that is used here. */
export interface OpenApi {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

const problems: Readonly<Record<number, string>> = {
  400: "The request is not what is expected",
  401: "The secret is missing",
  403: "The secret is wrong",
  404: "There is no such thing, or no token is configured",
  409: "Something else was first, or a gate refuses",
  412: "Changed since it was read",
  413: "Larger than what is taken",
  415: "Of a kind that is not taken",
  422: "It cannot be used",
  428: "If-Match is missing",
  429: "Too many: try again later",
  500: "Something went wrong here",
  502: "The store refuses",
  503: "Not now: try again later",
  504: "It took too long",
  507: "It would not fit",
};

const byAudience: Readonly<Record<Audience, readonly number[]>> = {
  anyone: [],
  key: [401, 403, 429],
  admin: [401, 403, 404, 429],
};

const security: Readonly<Record<Audience, readonly object[] | undefined>> = {
  anyone: undefined,
  key: [{ apiKey: [] }, {}],
  admin: [{ adminToken: [] }],
};

const parameter = (name: string, place: string, required: boolean, schema: object) => ({
  name,
  in: place,
  required,
  schema,
});

const isRequired = (schema: object, name: string): boolean =>
  ((schema as { readonly required?: readonly string[] }).required ?? []).includes(name);

function parametersOf({ path, query, headers = [] }: Route): readonly object[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) =>
    parameter(name, "path", true, { type: "string" }),
  );
  const fields = (query as { readonly properties?: Readonly<Record<string, object>> } | undefined)
    ?.properties;
  const inQuery = Object.entries(fields ?? {}).map(([name, schema]) =>
    parameter(name, "query", isRequired(query ?? {}, name), schema),
  );
  const inHeaders = headers.map(({ name, description }) => ({
    ...parameter(name, "header", false, { type: "string" }),
    description,
  }));
  return [...inPath, ...inQuery, ...inHeaders];
}

const modelHeaders = {
  "x-model-version": { description: "The version that answered", schema: { type: "string" } },
  "x-model-digest": { description: "SHA-256 of its main file", schema: { type: "string" } },
};

function responsesOf(route: Route): Operation["responses"] {
  const isProtocol = route.path.startsWith("/v2");
  const asks = route.who === "key" && route.path !== "/upload";
  const replies = Object.entries(route.replies).map(([status, { description, schema, type }]) => [
    status,
    {
      description,
      ...(asks && { headers: modelHeaders }),
      ...((schema ?? type) && {
        content: { [type ?? "application/json"]: schema === undefined ? {} : { schema } },
      }),
    },
  ]);
  const wrong = new Set([...(route.problems ?? []), ...byAudience[route.who]]);
  const faults = [...wrong]
    .sort((one, other) => one - other)
    .map((status) => [
      String(status),
      {
        description: problems[status] ?? "It did not work",
        content: isProtocol
          ? { "application/json": { schema: { $ref: "#/components/schemas/ProtocolError" } } }
          : { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]);
  return Object.fromEntries([...replies, ...faults]) as Operation["responses"];
}

/** `get_api_v1_models_model`: stable as long as the path is. */
const operationId = ({ method, path }: Route): string =>
  `${method} ${path}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/_$/, "");

function operation(route: Route): Operation {
  const parameters = parametersOf(route);
  const allowed = security[route.who];
  const { body } = route;
  return {
    operationId: operationId(route),
    summary: route.summary,
    tags: [route.tag],
    ...(allowed !== undefined && { security: allowed }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: body.required ?? true,
        content: { [body.type ?? "application/json"]: { schema: body.schema } },
      },
    }),
    responses: responsesOf(route),
  };
}

/** The OpenAPI 3.1 document of every route, generated from `libs/api`. The same sources give the same document. */
export function openApi(version: string): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  const document: OpenApi = {
    openapi: "3.1.0",
    info: {
      title: "Plimsoll server",
      version,
      description: "Serves models: loaded at their first request, replaced while they serve.",
    },
    paths,
    components: {
      schemas: { Problem, ProtocolError },
      securitySchemes: {
        apiKey: { type: "apiKey", in: "header", name: "x-api-key" },
        adminToken: { type: "http", scheme: "bearer" },
      },
    },
  };
  // Without what a schema library hangs onto its objects beside their JSON.
  return JSON.parse(JSON.stringify(document)) as OpenApi;
}
