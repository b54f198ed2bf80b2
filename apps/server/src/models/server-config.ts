import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { isModelName, type JsonValue, parseJson, type TrustedKey } from "@plimsoll/manifest";
import type { ModelTraining } from "@plimsoll/pipeline";
import type { AttestationTrust } from "@plimsoll/weights";
import { ServerError } from "../error.ts";
import { parseBytes } from "../settings/parse-bytes.ts";
import type { ServedModelOptions, ServingOptions } from "./serving-options.ts";

/** What `plimsoll.config.json` says to a server. */
export interface ServerConfig extends Pick<
  ServingOptions,
  "configured" | "aliases" | "keys" | "attestation" | "headers" | "store" | "memoryBudgetBytes"
> {
  readonly adminPort?: number;
  /** How models are retrained, `train.models`. */
  readonly train?: Readonly<Record<string, ModelTraining>>;
}

type Fields = Readonly<Record<string, JsonValue>>;

const reference = /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g;
const defaultName = "plimsoll.config.json";
const serveKeys = ["models", "aliases", "memoryBudget", "adminPort"];
const modelKeys = ["channel", "source", "pin"];

/**
 * Reads the config in `cwd`, or the named one; an empty object where there is none. Paths are taken from its folder,
 * `$NAME` in headers from the environment.
 *
 * @throws ServerError `E_USAGE` that names the key which cannot be used.
 */
export async function readServerConfig(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  named?: string,
): Promise<ServerConfig> {
  const path = resolve(cwd, named ?? defaultName);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && named === undefined) return undefined;
    throw refuse(named ?? defaultName, `cannot be read (${error.code ?? "error"})`);
  });
  if (bytes === undefined) return {};
  const limits = { maxBytes: 1024 * 1024, maxDepth: 16, source: defaultName };
  let document: Fields;
  try {
    document = fields(parseJson(bytes, limits), "the file");
  } catch (error) {
    throw error instanceof ServerError ? error : refuse(defaultName, (error as Error).message);
  }
  const dir = dirname(path);
  const serve = fields(document["serve"] ?? {}, "serve");
  only(serve, serveKeys, "serve");
  const stores = texts(document["stores"] ?? {}, "stores");
  const place = (text: string): string => locate(stores[text] ?? text, dir);
  const configured = modelsOf(serve["models"] ?? {}, place);
  const store = defaultStore(document, stores);
  const { memoryBudget, adminPort } = serve;
  const attestation = await attestationOf(document["attestation"], dir);
  const memoryBudgetBytes = memoryBudget === undefined ? 0 : parseBytes(String(memoryBudget));
  if (memoryBudgetBytes === undefined)
    throw refuse("serve.memoryBudget", "not an amount such as 512MB");
  if (adminPort !== undefined && !(Number.isInteger(adminPort) && Number(adminPort) < 65_536)) {
    throw refuse("serve.adminPort", "not a port");
  }
  return {
    configured,
    aliases: texts(serve["aliases"] ?? {}, "serve.aliases"),
    keys: await keysOf(document["keys"] ?? [], dir),
    ...(attestation && { attestation }),
    headers: headersOf(document["headers"] ?? {}, env),
    ...(store !== undefined && { store: place(store) }),
    ...(memoryBudgetBytes > 0 && { memoryBudgetBytes }),
    ...(typeof adminPort === "number" && { adminPort }),
    ...(document["train"] !== undefined && { train: await trainOf(document["train"], dir) }),
  };
}

/** Paths of backbones are meant from the config's folder. */
async function trainOf(
  value: JsonValue,
  dir: string,
): Promise<Readonly<Record<string, ModelTraining>>> {
  const { readTrainSettings } = await import("@plimsoll/pipeline");
  try {
    return readTrainSettings(value, { dir });
  } catch (error) {
    throw new ServerError("E_USAGE", 500, `${defaultName}: ${(error as Error).message}`);
  }
}

function refuse(key: string, why: string): ServerError {
  return new ServerError("E_USAGE", 500, `${defaultName}: ${key}: ${why}`);
}

function fields(value: JsonValue, key: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw refuse(key, "not an object");
}

function only(value: Fields, keys: readonly string[], key: string): void {
  const wrong = Object.keys(value).find((name) => !keys.includes(name));
  if (wrong !== undefined)
    throw refuse(`${key}.${wrong}`, `no such key, there are ${keys.join(", ")}`);
}

function texts(value: JsonValue, key: string): Readonly<Record<string, string>> {
  const found = Object.create(null) as Record<string, string>;
  for (const [name, text] of Object.entries(fields(value, key))) {
    if (typeof text !== "string" || text === "") throw refuse(`${key}.${name}`, "not a text");
    found[name] = text;
  }
  return found;
}

/** A path is meant from the config's folder; a URL is itself. */
function locate(text: string, dir: string): string {
  return /^[a-z][a-z0-9+.-]+:/i.test(text) ? text : resolve(dir, text);
}

function defaultStore(
  document: Fields,
  stores: Readonly<Record<string, string>>,
): string | undefined {
  const names = Object.keys(stores);
  if (names.includes("main")) return "main";
  const publish = fields(document["publish"] ?? {}, "publish")["to"];
  const [first] = Array.isArray(publish) ? publish : [];
  if (names.length === 1) return names[0];
  return typeof first === "string" ? first : names[0];
}

function modelsOf(
  value: JsonValue,
  place: (text: string) => string,
): Readonly<Record<string, ServedModelOptions>> {
  const found: Record<string, ServedModelOptions> = {};
  for (const [name, settings] of Object.entries(fields(value, "serve.models"))) {
    const key = `serve.models.${name}`;
    if (!isModelName(name)) throw refuse(key, "no model's name");
    const given = fields(settings, key);
    only(given, modelKeys, key);
    const { channel, source, pin } = given;
    if (channel !== undefined && !(typeof channel === "string" && isModelName(channel))) {
      throw refuse(`${key}.channel`, "no channel's name");
    }
    if (source !== undefined && typeof source !== "string")
      throw refuse(`${key}.source`, "not a text");
    if (pin !== undefined && typeof pin !== "boolean")
      throw refuse(`${key}.pin`, "neither true nor false");
    found[name] = {
      ...(channel !== undefined && { channel }),
      ...(source !== undefined && { source: place(source) }),
      ...(pin !== undefined && { pin }),
    };
  }
  return found;
}

async function keysOf(value: JsonValue, dir: string): Promise<readonly TrustedKey[]> {
  if (!Array.isArray(value)) throw refuse("keys", "not a list");
  const keys: TrustedKey[] = [];
  for (const [index, each] of value.entries()) {
    const { id, publicKey, notBefore, notAfter } = texts(each as JsonValue, `keys.${index}`);
    if (id === undefined || publicKey === undefined) {
      throw refuse(`keys.${index}`, "needs id and publicKey");
    }
    const pem = publicKey.includes("-----BEGIN")
      ? publicKey
      : await readFile(join(resolve(dir), publicKey), "utf8").catch(() => {
          throw refuse(`keys.${index}.publicKey`, "no such file");
        });
    keys.push({
      id,
      publicKey: pem,
      ...(notBefore !== undefined && { notBefore }),
      ...(notAfter !== undefined && { notAfter }),
    });
  }
  return keys;
}

/** `attestation`, with the bytes of its trusted root. */
async function attestationOf(
  value: JsonValue | undefined,
  dir: string,
): Promise<AttestationTrust | undefined> {
  if (value === undefined) return undefined;
  const { allowSelfHosted, ...given } = fields(value, "attestation");
  const { repository, repositoryId, workflow, ref, trustedRoot } = texts(given, "attestation");
  if (
    repository === undefined ||
    workflow === undefined ||
    ref === undefined ||
    trustedRoot === undefined
  ) {
    throw refuse("attestation", "needs repository, workflow, ref and trustedRoot");
  }
  const root = await readFile(resolve(dir, trustedRoot)).catch(() => {
    throw refuse("attestation.trustedRoot", "no such file");
  });
  const policy = {
    repository,
    workflow,
    ref,
    ...(repositoryId !== undefined && { repositoryId }),
    ...(allowSelfHosted === true && { allowSelfHosted }),
  };
  return { trustedRoot: root, policy };
}

function headersOf(
  value: JsonValue,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const found: Record<string, Record<string, string>> = {};
  for (const [origin, headers] of Object.entries(fields(value, "headers"))) {
    const own: Record<string, string> = (found[origin] = {});
    for (const [name, text] of Object.entries(texts(headers, `headers.${origin}`))) {
      own[name] = text.replace(reference, (_all, braced?: string, bare?: string) => {
        const variable = braced ?? bare ?? "";
        const content = env[variable];
        if (content === undefined)
          throw refuse(`headers.${origin}.${name}`, `$${variable} is not set`);
        return content;
      });
    }
  }
  return found;
}
