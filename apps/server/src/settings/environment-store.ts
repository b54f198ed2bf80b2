import { ServerError } from "../error.ts";
import type { Environment } from "./settings.ts";

const examples: Readonly<Record<string, string>> = {
  gcs: "gs://bucket/prefix",
  github: "github://owner/repo",
  huggingface: "hf://owner/repo",
};
const bucketName = /^[a-z0-9][a-z0-9._-]{1,62}$/i;

const refuse = (message: string): never => {
  throw new ServerError("E_USAGE", 500, message);
};

const queryValue = (text: string): string =>
  encodeURIComponent(text).replace(/%(?:3A|2F)/g, decodeURIComponent);

function bucketUrl(env: Environment): string {
  const bucket =
    env["S3_BUCKET"] ||
    refuse("MODEL_STORAGE_TYPE: s3 needs S3_BUCKET, or MODEL_STORE with a store URL");
  if (!bucketName.test(bucket)) {
    refuse("S3_BUCKET: not a bucket's name: give the name alone, without s3://");
  }
  const endpoint = env["S3_ENDPOINT_URL"];
  if (endpoint && !(URL.canParse(endpoint) && /^https?:/i.test(endpoint))) {
    refuse("S3_ENDPOINT_URL: not an address that starts with https://");
  }
  const options = [
    ["endpoint", endpoint],
    ["region", env["S3_REGION"]],
  ].flatMap(([name, value]) => (value ? [`${name}=${queryValue(value)}`] : []));
  return `s3://${bucket}${options.length > 0 ? `?${options.join("&")}` : ""}`;
}

/**
 * URL of the store by `MODEL_STORE`, else by `MODEL_STORAGE_TYPE` and what belongs to it, else by `S3_BUCKET`. Credentials
 * are the driver's business. `local` is no store: models come from `PLIMSOLL_MODELS_DIR`.
 */
export function environmentStore(env: Environment): string | undefined {
  const url = env["MODEL_STORE"]?.trim();
  if (url) {
    if (/^[\x21-\x7e ]+$/.test(url)) return url;
    return refuse("MODEL_STORE: not a store URL, e.g. s3://bucket, ./models or hf://owner/repo");
  }
  const kind = env["MODEL_STORAGE_TYPE"]?.trim().toLowerCase();
  if (!kind) return env["S3_BUCKET"] ? bucketUrl(env) : undefined;
  if (kind === "s3") return bucketUrl(env);
  if (kind === "local") return undefined;
  const example = Object.hasOwn(examples, kind) ? examples[kind] : undefined;
  return refuse(
    example === undefined
      ? "MODEL_STORAGE_TYPE: none of local, s3, gcs, github, huggingface"
      : `MODEL_STORAGE_TYPE: ${kind} needs MODEL_STORE, e.g. ${example}`,
  );
}
