import Type, { type Static } from "typebox";

/** Errors under `/v2`. */
export const ProtocolError = Type.Object({ error: Type.String() });
export type ProtocolError = Static<typeof ProtocolError>;

/** `GET /v2`. */
export const ServerMetadata = Type.Object({
  name: Type.String(),
  version: Type.String(),
  extensions: Type.Array(Type.String()),
});
export type ServerMetadata = Static<typeof ServerMetadata>;

export const TensorMetadata = Type.Object({
  name: Type.String(),
  datatype: Type.String(),
  shape: Type.Array(Type.Integer({ minimum: -1 }), { description: "-1: any size" }),
});
export type TensorMetadata = Static<typeof TensorMetadata>;

/** `GET /v2/models/:m`. */
export const ProtocolModel = Type.Object({
  name: Type.String(),
  versions: Type.Array(Type.String()),
  platform: Type.String(),
  inputs: Type.Array(TensorMetadata),
  outputs: Type.Array(TensorMetadata),
});
export type ProtocolModel = Static<typeof ProtocolModel>;

/** Body of `POST /v2/models/:m/infer`. Binary data follow it where `Inference-Header-Content-Length` says so. */
export const InferRequest = Type.Object({
  id: Type.Optional(Type.String()),
  parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  inputs: Type.Array(
    Type.Object({
      name: Type.String(),
      shape: Type.Array(Type.Integer({ minimum: 0 })),
      datatype: Type.String(),
      parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      data: Type.Optional(Type.Array(Type.Unknown())),
    }),
  ),
  outputs: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      }),
    ),
  ),
});
export type InferRequest = Static<typeof InferRequest>;

/** `POST /v2/models/:m/infer`. */
export const InferResponse = Type.Object({
  model_name: Type.String(),
  model_version: Type.String(),
  id: Type.Optional(Type.String()),
  outputs: Type.Array(
    Type.Object({
      name: Type.String(),
      shape: Type.Array(Type.Integer()),
      datatype: Type.String(),
      parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      data: Type.Optional(Type.Array(Type.Unknown())),
    }),
  ),
});
export type InferResponse = Static<typeof InferResponse>;

/** `POST /v2/repository/index`. */
export const RepositoryIndex = Type.Array(
  Type.Object({
    name: Type.String(),
    version: Type.Optional(Type.String()),
    state: Type.String(),
    reason: Type.String(),
  }),
);
export type RepositoryIndex = Static<typeof RepositoryIndex>;
