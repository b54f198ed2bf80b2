const text = { type: "string", minLength: 1 } as const;
const texts = { type: "array", items: text } as const;
const model = { type: "string", pattern: "^[a-z0-9][a-z0-9._-]{0,99}$" } as const;

/**
 * JSON Schema (draft 2020-12) of `plimsoll.config.json`, published as docs/protocol/config.schema.json. `checkShape`
 * reads this very object, so that the published schema and the check cannot differ.
 */
export const configSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "urn:plimsoll:config",
  title: "plimsoll.config.json",
  description: "Settings of the plimsoll command line and server. Paths are relative to this file.",
  type: "object",
  additionalProperties: false,
  properties: {
    $schema: text,
    stores: {
      description:
        "Names for store URLs. Secrets never stand here: they come from the environment.",
      type: "object",
      propertyNames: { pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$" },
      additionalProperties: text,
    },
    publish: {
      description: "What `plimsoll publish` takes when its flags do not say.",
      type: "object",
      additionalProperties: false,
      properties: {
        from: { ...text, description: "The folder of weight files." },
        to: { ...texts, minItems: 1, description: "Names of `stores`, or store URLs." },
        model: { ...model, description: "The model that the version belongs to." },
        channel: { ...model, description: "The channel that is moved to a published version." },
        include: {
          ...texts,
          description: "Globs of the files to take, instead of the known extensions.",
        },
        exclude: { ...texts, description: "Globs of files left out." },
      },
    },
    sync: {
      description: "What `plimsoll sync` takes when its flags do not say.",
      type: "object",
      additionalProperties: false,
      properties: {
        dir: { ...text, description: "The folder that is made equal to the manifest." },
        channel: { ...model, description: "The channel that a store is read by." },
      },
    },
    serve: {
      description: "What the server serves.",
      type: "object",
      additionalProperties: false,
      properties: {
        models: {
          type: "object",
          propertyNames: { pattern: model.pattern },
          additionalProperties: {
            type: "object",
            additionalProperties: false,
            properties: {
              channel: model,
              source: { ...text, description: "A local folder or a URL instead of the store." },
              pin: { type: "boolean", description: "Never unloaded for want of memory." },
            },
          },
        },
        aliases: {
          description: "Further names of served models.",
          type: "object",
          propertyNames: { pattern: model.pattern },
          additionalProperties: model,
        },
        memoryBudget: {
          description: "Memory for loaded models, e.g. 512MB.",
          type: "string",
          pattern: "^[0-9]+(\\.[0-9]+)? ?([KMGT]i?B|B)?$",
        },
        adminPort: { type: "integer", minimum: 1, maximum: 65535 },
      },
    },
    train: {
      description: "How models are retrained; docs say what each may have.",
      type: "object",
      additionalProperties: false,
      properties: {
        models: {
          type: "object",
          propertyNames: { pattern: model.pattern },
          additionalProperties: { type: "object" },
        },
      },
    },
    keys: {
      description: "Public keys that releases must be signed by.",
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["id", "publicKey"],
        properties: {
          id: { ...text, description: "A name for messages." },
          publicKey: { ...text, description: "PEM, or the path of a PEM file." },
          notBefore: { ...text, description: "ISO 8601: signatures count from then on." },
          notAfter: { ...text, description: "ISO 8601: until then; how an old key is retired." },
        },
      },
    },
    attestation: {
      description:
        "GitHub's attestations (attestation.jsonl beside the weights) that every version must have: trust level 2.",
      type: "object",
      additionalProperties: false,
      required: ["repository", "workflow", "ref", "trustedRoot"],
      properties: {
        repository: { type: "string", pattern: "^[^/\\s]+/[^/\\s]+$", description: "owner/repo." },
        repositoryId: {
          ...text,
          description: "GitHub's number of the repository, which no other one can take over.",
        },
        workflow: { ...text, description: "Its file: .github/workflows/release-weights.yml." },
        ref: { ...text, description: "What was built: refs/tags/weights-v*, refs/heads/main." },
        trustedRoot: {
          ...text,
          description:
            "Path of the pinned root, as `gh attestation trusted-root` prints it or trusted_root.json of Sigstore.",
        },
        allowSelfHosted: { type: "boolean", description: "Runners of your own count, too." },
      },
    },
    headers: {
      description:
        "Request headers per origin, for private downloads. `$NAME` in a value is taken from the environment.",
      type: "object",
      propertyNames: { pattern: "^https?://[^/?#@\\s]+$" },
      additionalProperties: {
        type: "object",
        propertyNames: { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" },
        additionalProperties: text,
      },
    },
  },
} as const;
