import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { checkShape } from "./check-shape.ts";
import { configSchema } from "./config-schema.ts";

const good = [
  {},
  { $schema: "./docs/protocol/config.schema.json" },
  {
    stores: { main: "s3://bucket" },
    publish: {
      from: "weights",
      to: ["main"],
      model: "yolov8m",
      channel: "staging",
      include: ["*.bin"],
      exclude: [],
    },
    sync: { dir: "weights", channel: "production" },
    serve: {
      models: { yolov8m: { channel: "production", pin: true }, b: { source: "./models/b" } },
      aliases: { visual_detector: "yolov8m" },
      memoryBudget: "512MB",
      adminPort: 8001,
    },
    keys: [{ id: "2026", publicKey: "-----BEGIN PUBLIC KEY-----" }],
    headers: { "https://example.com": { authorization: "Bearer $TOKEN" } },
  },
];

/** A wrong config and what must be said about it. */
const wrong: readonly (readonly [unknown, string])[] = [
  [[], "the document: must be an object, is an array"],
  [null, "the document: must be an object, is null"],
  [{ store: {} }, 'store: unknown key; did you mean "stores"?'],
  [{ stores: { main: 1 } }, "stores.main: must be a string, is an integer"],
  [{ stores: { main: "" } }, "stores.main: must not be empty"],
  [
    { stores: { "a/b": "s3://b" } },
    "stores.a/b: a name here must match ^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$",
  ],
  [{ publish: { form: "weights" } }, 'publish.form: unknown key; did you mean "from"?'],
  [{ publish: { to: "main" } }, "publish.to: must be an array, is a string"],
  [{ publish: { to: [] } }, "publish.to: must not be empty"],
  [{ publish: { to: ["a", 2] } }, "publish.to[1]: must be a string, is an integer"],
  [{ publish: { model: "No" } }, 'publish.model: "No" does not match ^[a-z0-9][a-z0-9._-]{0,99}$'],
  [
    { publish: { qqqqqq: 1 } },
    "publish.qqqqqq: unknown key; known are from, to, model, channel, include, exclude",
  ],
  [
    { serve: { models: { a: { pin: "yes" } } } },
    "serve.models.a.pin: must be a boolean, is a string",
  ],
  [{ serve: { adminPort: 0 } }, "serve.adminPort: must be 1 to 65535"],
  [{ serve: { adminPort: 80.5 } }, "serve.adminPort: must be an integer, is a number"],
  [{ keys: [{ id: "a" }] }, 'keys[0]: "publicKey" is missing'],
  [
    { headers: { "example.com": {} } },
    "headers.example.com: a name here must match ^https?://[^/?#@\\s]+$",
  ],
];

const ajv = new Ajv2020({ strict: false }).compile(configSchema);

test("what ajv accepts by the published schema is accepted", () => {
  for (const config of good) {
    expect(ajv(config)).toBe(true);
    expect(checkShape(config as never, configSchema)).toBeUndefined();
  }
});

test("what ajv refuses is refused, with the key, the reason and a guess", () => {
  for (const [config, message] of wrong) {
    expect([config, ajv(config)]).toEqual([config, false]);
    expect(checkShape(config as never, configSchema)).toBe(message);
  }
});

test("the published schema is the one that is checked", async () => {
  const file = new URL("../../../../docs/protocol/config.schema.json", import.meta.url);
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual(configSchema);
});
