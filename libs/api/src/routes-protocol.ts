import Type from "typebox";
import {
  InferRequest,
  InferResponse,
  ProtocolModel,
  RepositoryIndex,
  ServerMetadata,
} from "./inference-protocol.ts";
import type { Route } from "./route.ts";

const tag = "open inference protocol";

const get = (path: string, summary: string, schema?: Type.TSchema): Route => ({
  method: "GET",
  path,
  who: "anyone",
  tag,
  summary,
  replies: { 200: { description: "Yes", ...(schema === undefined ? {} : { schema }) } },
  problems: path.includes("{") ? [404] : [],
});

const infer = (path: string): Route => ({
  method: "POST",
  path,
  who: "key",
  tag,
  summary: "Asks a model with tensors, in JSON or with binary data behind it",
  headers: [
    {
      name: "Inference-Header-Content-Length",
      description: "Bytes of the JSON before the binary data",
    },
  ],
  body: { schema: InferRequest },
  replies: { 200: { description: "The tensors", schema: InferResponse } },
  problems: [400, 404, 413, 429, 500, 503],
});

const repository = (path: string, summary: string, schema: Type.TSchema): Route => ({
  method: "POST",
  path,
  who: "admin",
  tag,
  summary,
  body: { schema: Type.Record(Type.String(), Type.Unknown()), required: false },
  replies: { 200: { description: "Done", schema } },
  problems: [400, 404],
});

/** Open Inference Protocol v2 with its binary and repository extensions. Errors are `{ error }`. */
export const protocolRoutes: readonly Route[] = [
  get("/v2", "Server metadata", ServerMetadata),
  get("/v2/health/live", "Whether the process answers"),
  get("/v2/health/ready", "Whether requests are taken"),
  get("/v2/models/{model}", "Model metadata", ProtocolModel),
  get("/v2/models/{model}/versions/{version}", "Model metadata", ProtocolModel),
  get("/v2/models/{model}/ready", "Whether the model is loaded"),
  get("/v2/models/{model}/versions/{version}/ready", "Whether the version is loaded"),
  infer("/v2/models/{model}/infer"),
  infer("/v2/models/{model}/versions/{version}/infer"),
  repository("/v2/repository/index", "Models and their states", RepositoryIndex),
  repository("/v2/repository/models/{model}/load", "Loads a model", Type.Object({})),
  repository("/v2/repository/models/{model}/unload", "Frees a model's memory", Type.Object({})),
];
