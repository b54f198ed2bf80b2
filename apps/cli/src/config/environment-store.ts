import { CliError } from "../error.ts";
import type { Io } from "../io.ts";

/** A store that the environment names, and by which variable. */
export interface EnvironmentStore {
  readonly url: string;
  readonly variable: string;
}

const kinds = ["local", "s3", "gcs", "github", "huggingface"];
const schemes: Readonly<Record<string, string>> = {
  gcs: "gs://bucket/prefix",
  github: "github://owner/repo",
  huggingface: "hf://owner/repo",
};
const bucketName = /^[a-z0-9][a-z0-9._-]{1,62}$/i;

function bucketStore(env: Io["env"]): EnvironmentStore {
  const bucket = env["S3_BUCKET"];
  if (!bucket) {
    throw new CliError(
      "E_USAGE",
      "MODEL_STORAGE_TYPE: s3 needs S3_BUCKET, or MODEL_STORE with a store URL",
    );
  }
  if (!bucketName.test(bucket)) {
    throw new CliError(
      "E_USAGE",
      `S3_BUCKET: "${bucket}" is not a bucket's name: give the name alone, without s3://`,
    );
  }
  const query: string[] = [];
  const endpoint = env["S3_ENDPOINT_URL"];
  if (endpoint) {
    if (!URL.canParse(endpoint) || !/^https?:/i.test(endpoint)) {
      throw new CliError("E_USAGE", "S3_ENDPOINT_URL: not an address that starts with https://");
    }
    query.push(`endpoint=${queryValue(endpoint)}`);
  }
  const region = env["S3_REGION"];
  if (region) query.push(`region=${queryValue(region)}`);
  const options = query.length > 0 ? `?${query.join("&")}` : "";
  return { url: `s3://${bucket}${options}`, variable: "S3_BUCKET" };
}

/** Escaped where it must be: a person reads this URL in messages and types it again. */
function queryValue(text: string): string {
  return encodeURIComponent(text).replace(/%(?:3A|2F)/g, decodeURIComponent);
}

/**
 * The default store by `MODEL_STORE`, else by `MODEL_STORAGE_TYPE` and what belongs to it, else by `S3_BUCKET`;
 * undefined where none of them is set. Credentials are the driver's business.
 *
 * @throws CliError `E_USAGE` that names the variable whose value cannot be used.
 */
export function environmentStore(env: Io["env"]): EnvironmentStore | undefined {
  const url = env["MODEL_STORE"];
  if (url) return { url, variable: "MODEL_STORE" };
  const kind = env["MODEL_STORAGE_TYPE"]?.toLowerCase();
  if (!kind) return env["S3_BUCKET"] ? bucketStore(env) : undefined;
  if (!kinds.includes(kind)) {
    throw new CliError("E_USAGE", `MODEL_STORAGE_TYPE: "${kind}" is none of ${kinds.join(", ")}`);
  }
  if (kind === "s3") return bucketStore(env);
  if (kind === "local") {
    const dir = env["PLIMSOLL_MODELS_DIR"] || "./models";
    const path = /^(\.{0,2}\/|file:|[A-Za-z]:)/.test(dir) ? dir : `./${dir}`;
    return { url: path, variable: "MODEL_STORAGE_TYPE" };
  }
  throw new CliError(
    "E_USAGE",
    `MODEL_STORAGE_TYPE: ${kind} needs MODEL_STORE, e.g. ${schemes[kind]}`,
  );
}
