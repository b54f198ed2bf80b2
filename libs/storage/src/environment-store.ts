import { StorageError } from "./error.ts";

/** A store that the environment names, and by which variable. */
export interface EnvironmentStore {
  readonly url: string;
  readonly variable: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const kinds = ["local", "s3", "gcs", "github", "huggingface"];
const schemes: Readonly<Record<string, string>> = {
  gcs: "gs://bucket/prefix",
  github: "github://owner/repo",
  huggingface: "hf://owner/repo",
};
const bucketName = /^[a-z0-9][a-z0-9._-]{1,62}$/i;

function bucketStore(env: Environment): EnvironmentStore {
  const bucket = valueOf(env, "S3_BUCKET");
  if (!bucket) {
    throw new StorageError(
      "E_USAGE",
      "MODEL_STORAGE_TYPE: s3 needs S3_BUCKET, or MODEL_STORE with a store URL",
    );
  }
  if (!bucketName.test(bucket)) {
    throw new StorageError(
      "E_USAGE",
      `S3_BUCKET: "${bucket}" is not a bucket's name: give the name alone, without s3://`,
    );
  }
  const query: string[] = [];
  const endpoint = valueOf(env, "S3_ENDPOINT_URL");
  if (endpoint) {
    if (!URL.canParse(endpoint) || !/^https?:/i.test(endpoint)) {
      throw new StorageError(
        "E_USAGE",
        "S3_ENDPOINT_URL: not an address that starts with https://",
      );
    }
    query.push(`endpoint=${queryValue(endpoint)}`);
  }
  const region = valueOf(env, "S3_REGION");
  if (region) query.push(`region=${queryValue(region)}`);
  const options = query.length > 0 ? `?${query.join("&")}` : "";
  return { url: `s3://${bucket}${options}`, variable: "S3_BUCKET" };
}

/** An empty variable is an absent one. */
const valueOf = (env: Environment, name: string): string | undefined =>
  env[name]?.trim() || undefined;

/** Escaped where it must be: a person reads this URL in messages and types it again. */
function queryValue(text: string): string {
  return encodeURIComponent(text).replace(/%(?:3A|2F)/g, decodeURIComponent);
}

/**
 * The default store by `MODEL_STORE`, else by `MODEL_STORAGE_TYPE` and what belongs to it, else by `S3_BUCKET`;
 * undefined where none of them is set. Credentials are the driver's business. `local` is a folder of models,
 * `PLIMSOLL_MODELS_DIR`; whoever serves the files in it without a store tells it by its variable.
 *
 * @throws StorageError `E_USAGE` that names the variable whose value cannot be used.
 */
export function environmentStore(env: Environment): EnvironmentStore | undefined {
  const url = valueOf(env, "MODEL_STORE");
  if (url !== undefined && !/^[\x21-\x7e ]+$/.test(url)) {
    throw new StorageError(
      "E_USAGE",
      "MODEL_STORE: not a store URL, e.g. s3://bucket, ./models or hf://owner/repo",
    );
  }
  if (url !== undefined) return { url, variable: "MODEL_STORE" };
  const kind = valueOf(env, "MODEL_STORAGE_TYPE")?.toLowerCase();
  if (kind === undefined) return valueOf(env, "S3_BUCKET") ? bucketStore(env) : undefined;
  if (!kinds.includes(kind)) {
    throw new StorageError(
      "E_USAGE",
      `MODEL_STORAGE_TYPE: "${kind}" is none of ${kinds.join(", ")}`,
    );
  }
  if (kind === "s3") return bucketStore(env);
  if (kind === "local") {
    const dir = valueOf(env, "PLIMSOLL_MODELS_DIR") ?? "./models";
    const path = /^(\.{0,2}\/|file:|[A-Za-z]:)/.test(dir) ? dir : `./${dir}`;
    return { url: path, variable: "MODEL_STORAGE_TYPE" };
  }
  throw new StorageError(
    "E_USAGE",
    `MODEL_STORAGE_TYPE: ${kind} needs MODEL_STORE, e.g. ${schemes[kind]}`,
  );
}
