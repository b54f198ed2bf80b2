import {
  goldenFromJson,
  type ModelInput,
  type ModelOutput,
  tensorValues,
} from "@plimsoll/inference";
import type { JsonObject } from "@plimsoll/manifest";

/** A running server, as a client with or without the admin token sees it. */
export interface ServerClient {
  readonly url: string;
  /** Whether the server takes requests. */
  ready(): Promise<boolean>;
  /** Asks for one prediction in the way that its kind is asked for. */
  predict(model: string, input: ModelInput, expected?: ModelOutput["kind"]): Promise<Answer>;
  /** What serves of a model; undefined where the server does not know it. */
  model(model: string): Promise<ServedModel | undefined>;
  /** Resident bytes of the server and its children. */
  memoryBytes(): Promise<number>;
  /** Any JSON request; throws for what is no 2xx. */
  json(method: string, path: string, body?: object): Promise<JsonObject>;
}

export interface Answer {
  readonly output: ModelOutput;
  readonly version: string;
  /** SHA-256 of the file that answered. */
  readonly digest: string;
  readonly milliseconds: number;
}

export interface ServedModel {
  readonly digest: string | undefined;
  /** Versions that answer. */
  readonly serving: readonly string[];
  readonly channels: Readonly<Record<string, string>>;
  readonly requests: number;
  readonly errorRate: number;
}

export interface ServerClientOptions {
  readonly apiKey?: string | undefined;
  readonly adminToken?: string | undefined;
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

/** What a server said that is no success. */
export class ServerAnswerError extends Error {
  override readonly name = "ServerAnswerError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A client of the server at `url`. */
export function serverClient(url: string, options: ServerClientOptions = {}): ServerClient {
  const base = url.replace(/\/+$/, "");
  const { apiKey, adminToken, timeoutMs = 30_000 } = options;
  const send = options.fetch ?? fetch;
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (apiKey !== undefined) headers.set("x-api-key", apiKey);
    if (adminToken !== undefined && path.includes("/admin/")) {
      headers.set("authorization", `Bearer ${adminToken}`);
    }
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await send(`${base}${path}`, { ...init, headers, signal });
    if (response.ok) return response;
    const text = (await response.text()).replace(/\s+/g, " ").slice(0, 300);
    throw new ServerAnswerError(response.status, `${path}: ${response.status} ${text}`);
  };
  const json = async (method: string, path: string, body?: object): Promise<JsonObject> => {
    const sent = body && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    };
    return (await (await ask(path, { method, ...sent })).json()) as JsonObject;
  };
  return {
    url: base,
    json,
    async ready() {
      try {
        await ask("/health/ready");
        return true;
      } catch {
        return false;
      }
    },
    async predict(model, input, expected) {
      const { path, init } = request(model, input, expected);
      const began = performance.now();
      const response = await ask(path, { method: "POST", ...init });
      const body = (await response.json()) as JsonObject;
      return {
        output: outputOf(body),
        version: response.headers.get("x-model-version") ?? "",
        digest: response.headers.get("x-model-digest") ?? "",
        milliseconds: performance.now() - began,
      };
    },
    async model(model) {
      const { models } = (await json("GET", "/api/v1/models")) as unknown as {
        readonly models: readonly (Omit<ServedModel, "serving"> & {
          readonly model: string;
          readonly serving: readonly { readonly version: string }[];
        })[];
      };
      const found = models.find((each) => each.model === model);
      return found && { ...found, serving: found.serving.map(({ version }) => version) };
    },
    async memoryBytes() {
      const text = await (await ask("/metrics")).text();
      const lines = text.matchAll(
        /^plimsoll_(?:resident_memory_bytes|model_memory_bytes)(?:\{[^}]*\})? ([0-9.e+]+)$/gm,
      );
      return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
    },
  };
}

function request(
  model: string,
  input: ModelInput,
  expected: ModelOutput["kind"] | undefined,
): { readonly path: string; readonly init: RequestInit } {
  switch (input.kind) {
    case "tensors": {
      const inputs = input.tensors.map((tensor) => ({
        name: tensor.name,
        datatype: tensor.type,
        shape: tensor.shape,
        data: "byteLength" in tensor.data ? [...tensorValues(tensor)] : tensor.data,
      }));
      return jsonPost(`/v2/models/${encodeURIComponent(model)}/infer`, { inputs });
    }
    case "text":
      return jsonPost("/api/v1/classify", { type: "text", data: input.text, model });
    default: {
      const isDetection = expected === "detections";
      const form = new FormData();
      const blob = new Blob([new Uint8Array(input.bytes)]);
      form.set(isDetection ? "image" : "file", blob, input.kind);
      form.set("model", model);
      return { path: isDetection ? "/api/detect" : "/predict", init: { body: form } };
    }
  }
}

const jsonPost = (path: string, body: object): { path: string; init: RequestInit } => ({
  path,
  init: { headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
});

interface Said {
  readonly outputs?: readonly { readonly datatype: string }[];
  readonly detections?: readonly { readonly box: Readonly<Record<string, number>> }[];
  readonly image?: { readonly width: number; readonly height: number };
}

/** The answer of a route as the outputs of a golden case are written, which is then read like one. */
function outputOf(body: JsonObject): ModelOutput {
  const { outputs, detections, image } = body as unknown as Said;
  const output: object = outputs
    ? { kind: "tensors", tensors: outputs.map((each) => ({ ...each, type: each.datatype })) }
    : detections
      ? {
          kind: "detections",
          detections: detections.map((each) => ({
            ...each,
            box: ["x1", "y1", "x2", "y2"].map((edge) => each.box[edge]),
          })),
          image: [image?.width, image?.height],
        }
      : {
          kind: "classification",
          predicted_class: body["predicted_class"],
          confidence: body["confidence"],
          probabilities: body["all_probabilities"],
        };
  const case_ = { input: { kind: "text", text: "" }, output };
  const golden = { format: 1, cases: [case_] } as unknown as JsonObject;
  const [read] = goldenFromJson(golden).cases;
  if (read === undefined) throw new Error("no output");
  return read.output;
}
