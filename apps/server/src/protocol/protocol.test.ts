import { afterEach, expect, jest, test } from "@jest/globals";
import type { NamedTensor, TensorType } from "@plimsoll/inference";
import { adminToken, type ListeningApp, listeningApp } from "../fakes/listening-app.ts";
import { readyModel } from "../fakes/fake-models.ts";
import { packStrings, unpackStrings } from "./byte-strings.ts";
import { elementBytes } from "./datatype.ts";

// Servers start and stop here, with other test files beside them on few processors.
jest.setTimeout(30_000);

let app: ListeningApp | undefined;
afterEach(async () => app?.close());

const json = { "content-type": "application/json" };

async function infer(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  app ??= await listeningApp();
  const sent = body instanceof Uint8Array || typeof body === "string" ? body : JSON.stringify(body);
  return app.ask("/v2/models/iris/infer", {
    method: "POST",
    body: sent,
    headers: { ...json, ...headers },
  });
}

afterEach(() => {
  app = undefined;
});

const input = (datatype: string, data: unknown, shape: unknown = [2]) => ({
  inputs: [{ name: "x", shape, datatype, data }],
});

const examples: readonly (readonly [TensorType, readonly unknown[]])[] = [
  ["BOOL", [true, false]],
  ["UINT8", [0, 255]],
  ["UINT16", [0, 65_535]],
  ["UINT32", [0, 4_294_967_295]],
  ["UINT64", [0, 9_007_199_254_740_991]],
  ["INT8", [-128, 127]],
  ["INT16", [-32_768, 32_767]],
  ["INT32", [-2_147_483_648, 2_147_483_647]],
  ["INT64", [-9_007_199_254_740_991, 9_007_199_254_740_991]],
  ["FP16", [0.5, -65_504]],
  ["FP32", [0.5, -3.25]],
  ["FP64", [0.1, 1e300]],
  ["BYTES", ["Grüße", ""]],
];

test("every datatype comes back as it was sent, in JSON and in binary, with version and digest named", async () => {
  for (const [type, data] of examples) {
    const plain = await infer({ id: "a\n1", ...input(type, data) });
    expect([type, plain.status]).toEqual([type, 200]);
    expect(plain.headers.get("x-model-version")).toBe("v1.0.0");
    expect(plain.headers.get("x-model-digest")).toBe("ab".repeat(32));
    expect(await plain.json()).toEqual({
      model_name: "iris",
      model_version: "v1.0.0",
      id: "a\n1",
      outputs: [{ name: "x", datatype: type, shape: [2], data }],
    });

    // Out as binary, and the same bytes in again.
    const out = await infer({ ...input(type, data), parameters: { binary_data_output: true } });
    const length = Number(out.headers.get("inference-header-content-length"));
    const bytes = Buffer.from(await out.arrayBuffer());
    const head = JSON.parse(bytes.subarray(0, length).toString()) as {
      outputs: { parameters: { binary_data_size: number } }[];
    };
    const binary = bytes.subarray(length);
    expect(head.outputs[0]?.parameters.binary_data_size).toBe(binary.length);
    if (type !== "BYTES") expect(binary.length).toBe(2 * elementBytes[type]);
    const again = Buffer.from(
      JSON.stringify({
        inputs: [
          {
            name: "x",
            shape: [2],
            datatype: type,
            parameters: { binary_data_size: binary.length },
          },
        ],
      }),
    );
    const back = await infer(Buffer.concat([again, binary]), {
      "content-type": "application/octet-stream",
      "inference-header-content-length": String(again.length),
    });
    expect([
      type,
      ((await back.json()) as { outputs: { data: unknown }[] }).outputs[0]?.data,
    ]).toEqual([type, data]);
  }
});

test("data may be nested as its shape, and one output may be binary while another is not", async () => {
  const answer = await infer({
    inputs: [
      {
        name: "a",
        shape: [2, 2],
        datatype: "INT32",
        data: [
          [1, 2],
          [3, 4],
        ],
      },
      { name: "b", shape: [1], datatype: "INT8", data: [7] },
    ],
    outputs: [{ name: "a" }, { name: "b", parameters: { binary_data: true } }],
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const length = Number(answer.headers.get("inference-header-content-length"));
  expect(JSON.parse(bytes.subarray(0, length).toString())).toMatchObject({
    outputs: [
      { name: "a", data: [1, 2, 3, 4] },
      { name: "b", parameters: { binary_data_size: 1 } },
    ],
  });
  expect([...bytes.subarray(length)]).toEqual([7]);
});

test("64-bit integers keep all their digits in JSON", async () => {
  const data = new Uint8Array(new BigInt64Array([-9_223_372_036_854_775_808n]).buffer);
  const tensors: NamedTensor[] = [{ name: "y", type: "INT64", shape: [1], data }];
  app = await listeningApp({ models: { output: { kind: "tensors", tensors } } });
  expect(await (await infer(input("FP32", [1, 2]))).text()).toContain("[-9223372036854775808]");
});

test("V11: tensors that cannot be are answered 400 with the reason, an answer that is not finite 500", async () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const nan = Buffer.concat([
    Buffer.from(
      '{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","parameters":{"binary_data_size":4}}]}',
    ),
    Buffer.from(new Uint8Array(new Float32Array([NaN]).buffer)),
  ]);
  const bodies: readonly (readonly [string, unknown, Record<string, string>?])[] = [
    ["no JSON", '{"inputs": NaN}'],
    ["a number too large for the type", input("FP32", [1e39, 1])],
    ["too few elements", input("FP32", [1])],
    [
      "another rank",
      input("FP32", [
        [1, 2],
        [3, 4],
      ]),
    ],
    ["texts for numbers", input("FP32", ["1", "2"])],
    [
      "nested 100,000 deep",
      `{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":${deep}}]}`,
    ],
    ["empty", ""],
    ["no inputs", { inputs: [] }],
    ["an unknown type", input("FP8", [1, 2])],
    ["a negative size", input("FP32", [1, 2], [-1, 2])],
    ["a shape beyond all memory", input("FP32", [1], [1e10, 1e10])],
    ["a fraction for a whole number", input("INT8", [1.5, 2])],
    ["a number out of range", input("UINT8", [256, 0])],
    ["NaN in binary", nan, { "inference-header-content-length": String(nan.length - 4) }],
    ["binary data of nobody", nan, { "inference-header-content-length": "9999" }],
    [
      "two inputs of one name",
      { inputs: [...input("INT8", [1, 2]).inputs, ...input("INT8", [1, 2]).inputs] },
    ],
    ["no UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
    ["a JSON array", "[]"],
  ];
  for (const [what, body, headers] of bodies) {
    const answer = await infer(body, headers);
    const text = await answer.text();
    expect([what, answer.status]).toEqual([what, 400]);
    expect(Object.keys(JSON.parse(text) as object)).toEqual(["error"]);
  }
  expect(app?.models.asked.begun).toBe(0);
  await app?.close();

  const data = new Uint8Array(new Float32Array([1, Infinity]).buffer);
  const tensors: NamedTensor[] = [{ name: "y", type: "FP32", shape: [2], data }];
  app = await listeningApp({ models: { output: { kind: "tensors", tensors } } });
  const answer = await infer(input("FP32", [1, 2]));
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("null");
});

test("texts behind their lengths: what does not add up is refused", () => {
  const bytes = packStrings(["a", "ü"]);
  expect(unpackStrings(bytes, 2)).toEqual(["a", "ü"]);
  expect(unpackStrings(bytes, 3)).toBeUndefined();
  expect(unpackStrings(bytes, 1)).toBeUndefined();
  expect(unpackStrings(bytes.subarray(0, 6), 2)).toBeUndefined();
  expect(unpackStrings(Buffer.from([255, 255, 255, 255]), 1)).toBeUndefined();
});

test("health, metadata and readiness; what is not loaded is said to be so", async () => {
  app = await listeningApp({ models: { status: [readyModel("iris")] } });
  const get = async (path: string): Promise<unknown> => (await app?.ask(path))?.json();
  expect(await get("/v2")).toMatchObject({ name: "plimsoll", version: "1.2.3" });
  expect((await app.ask("/v2/health/live")).status).toBe(200);
  expect((await app.ask("/v2/health/ready")).status).toBe(200);
  expect(await get("/v2/models/iris")).toEqual({
    name: "iris",
    versions: ["v1.0.0"],
    platform: "onnxruntime_onnx",
    inputs: [{ name: "x", datatype: "FP32", shape: [-1, 2] }],
    outputs: [{ name: "y", datatype: "FP32", shape: [-1, 2] }],
  });
  expect((await app.ask("/v2/models/iris/ready")).status).toBe(200);
  expect((await app.ask("/v2/models/iris/versions/v9.0.0/ready")).status).toBe(503);
  const missing = await app.ask("/v2/models/nothing");
  expect(missing.status).toBe(404);
  expect(await missing.json()).toEqual({ error: expect.any(String) });
});

test("the repository is the admin's: index, load and unload; no files and no addresses are taken", async () => {
  app = await listeningApp();
  const post = (path: string, body: unknown = {}, admin = true) =>
    app?.ask(path, { method: "POST", body: JSON.stringify(body), headers: json, admin });
  expect((await post("/v2/repository/index", {}, false))?.status).toBe(401);
  expect(await (await post("/v2/repository/index", { ready: true }))?.json()).toEqual([
    { name: "iris", version: "v1.0.0", state: "READY", reason: "" },
  ]);
  expect((await post("/v2/repository/models/iris/load"))?.status).toBe(200);
  expect((await post("/v2/repository/models/iris/unload"))?.status).toBe(200);
  expect(app.serving.changes).toEqual([["unload", "iris"]]);
  const withFiles = { parameters: { config: "{}", "file:1/model.onnx": "AA==" } };
  expect((await post("/v2/repository/models/iris/load", withFiles))?.status).toBe(400);
  expect((await post("/v2/repository/models/other/load"))?.status).toBe(404);
  expect(adminToken).not.toBe("");
});
