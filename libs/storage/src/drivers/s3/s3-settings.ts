import { StorageError } from "../../error.ts";
import { checkWebAddress } from "../../http/web-address.ts";
import type { StoreLocation } from "../../store-location.ts";
import type { DriverSettings } from "../driver-factory.ts";
import { s3Host, type S3Host } from "./s3-host.ts";

/** Keys to sign with; without them the SDK looks where the `aws` command looks. */
export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A bucket and how to reach it: the store's URL and the environment put together. */
export interface S3Settings {
  readonly bucket: string;
  /** Stands before every key; empty, or ends in `/`. */
  readonly keyPrefix: string;
  /** Undefined: Amazon's own, by region. */
  readonly endpoint: URL | undefined;
  /** Undefined: the SDK's own configuration decides. */
  readonly region: string | undefined;
  readonly pathStyle: boolean;
  readonly accelerate: boolean;
  readonly storageClass: string | undefined;
  /** Under which readers find the bucket; without a slash at the end. */
  readonly publicUrl: string | undefined;
  readonly keys: S3Keys | undefined;
  readonly host: S3Host;
}

/**
 * Reads the options of a store URL and, behind them, the environment: `S3_ENDPOINT_URL`, `S3_REGION`, `S3_ACCESS_KEY`
 * and `S3_SECRET_KEY`, then the `AWS_*` names. Throws `E_USAGE` for what cannot be used together.
 */
export function readS3Settings(
  location: StoreLocation,
  { env, allowHttp }: Pick<DriverSettings, "env" | "allowHttp">,
): S3Settings {
  const { options } = location;
  const endpoint = readEndpoint(options["endpoint"], env, allowHttp);
  const host = applyOverrides(s3Host(endpoint), options);
  const accelerate = isOn(options["accelerate"]) ?? false;
  if (accelerate && endpoint !== undefined) {
    throw usage(location, "accelerate is for Amazon S3 alone; leave it or endpoint out");
  }
  return {
    bucket: location.root,
    keyPrefix: location.prefix === "" ? "" : `${location.prefix}/`,
    endpoint,
    region:
      options["region"] ||
      env["S3_REGION"] ||
      env["AWS_REGION"] ||
      env["AWS_DEFAULT_REGION"] ||
      (endpoint === undefined ? undefined : (host.region ?? "us-east-1")),
    pathStyle: isOn(options["pathStyle"]) ?? host.pathStyle,
    accelerate,
    storageClass: options["storageClass"],
    publicUrl: options["publicUrl"]?.replace(/\/+$/, ""),
    keys: readKeys(location, env),
    host,
  };
}

function readEndpoint(
  option: string | undefined,
  env: DriverSettings["env"],
  allowHttp: boolean,
): URL | undefined {
  const names = ["S3_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];
  const name = option === undefined ? names.find((each) => env[each]) : undefined;
  const text = option ?? (name === undefined ? undefined : env[name]);
  if (text === undefined) return undefined;
  if (!URL.canParse(text)) {
    throw new StorageError("E_USAGE", `${name ?? "endpoint"} is no address; write https://host`);
  }
  const endpoint = new URL(text);
  checkWebAddress(endpoint, allowHttp);
  return endpoint;
}

/** What a person knows better than the table: `checksum=crc32|md5`, and `conditional=1|0` for all conditional writes. */
function applyOverrides(host: S3Host, options: StoreLocation["options"]): S3Host {
  const { checksum } = options;
  if (checksum !== undefined && checksum !== "crc32" && checksum !== "md5") {
    throw new StorageError("E_USAGE", `checksum=${checksum}: crc32 or md5`);
  }
  const conditional = isOn(options["conditional"]);
  return {
    ...host,
    ...(checksum === undefined ? {} : { checksum }),
    ...(conditional === undefined
      ? {}
      : { createOnly: conditional, completeOnly: conditional, swap: conditional }),
  };
}

function readKeys(location: StoreLocation, env: DriverSettings["env"]): S3Keys | undefined {
  const id = env["S3_ACCESS_KEY"] || undefined;
  const secret = env["S3_SECRET_KEY"] || undefined;
  if ((id === undefined) !== (secret === undefined)) {
    const missing = id === undefined ? "S3_ACCESS_KEY" : "S3_SECRET_KEY";
    throw usage(location, `${missing} is not set; it goes with the other of the two`);
  }
  if (id !== undefined && secret !== undefined) return { accessKeyId: id, secretAccessKey: secret };
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
}

function isOn(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : value === "1" || value === "true";
}

function usage(location: StoreLocation, reason: string): StorageError {
  return new StorageError("E_USAGE", `s3://${location.root}: ${reason}`);
}
