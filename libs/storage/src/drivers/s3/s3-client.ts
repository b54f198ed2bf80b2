import { Agent as HttpAgent } from "node:http";

import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";

import { ProxyingAgent } from "../../http/proxying-agent.ts";
import type { S3Settings } from "./s3-settings.ts";
import type { S3Tuning } from "./s3-tuning.ts";

/** A client of one bucket's host, through the proxy of `env`. Checksums are ours to compute: the SDK adds its own only where a host demands one. */
export function s3Client(
  settings: S3Settings,
  tuning: S3Tuning,
  ca: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): S3Client {
  const { endpoint, region, keys } = settings;
  const agent = { keepAlive: true, maxSockets: 64, ...(ca === undefined ? {} : { ca }) };
  const config: S3ClientConfig = {
    ...(endpoint === undefined ? {} : { endpoint: endpoint.href }),
    ...(region === undefined ? {} : { region }),
    ...(keys === undefined ? {} : { credentials: keys }),
    forcePathStyle: settings.pathStyle,
    useAccelerateEndpoint: settings.accelerate,
    followRegionRedirects: endpoint === undefined,
    maxAttempts: tuning.maxAttempts,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // The SDK would open a connection of its own for every part that waits for "100 Continue".
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: tuning.connectTimeoutMs,
      socketTimeout: tuning.idleTimeoutMs,
      httpAgent: new HttpAgent(agent),
      httpsAgent: new ProxyingAgent(agent, env),
    },
    logger: silent,
  };
  const client = quietly(() => new S3Client(config));
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { query: Record<string, unknown>; headers: Headers };
      // A part carries a checksum that the host compares; hashing it once more for the signature would halve the speed.
      const isPart =
        "partNumber" in request.query && args.input !== undefined && "Body" in args.input;
      if (isPart) request.headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
      return next(args);
    },
    { step: "build", name: "plimsollUnsignedParts" },
  );
  return client;
}

type Headers = Record<string, string>;

const silent = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Without the SDK's advertisement for newer versions of Node: which ones we run on is for our `engines` to say. */
function quietly(make: () => S3Client): S3Client {
  const name = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";
  const before = process.env[name];
  process.env[name] = "true";
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
}
