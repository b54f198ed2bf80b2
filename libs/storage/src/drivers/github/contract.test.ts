import { expect, test } from "@jest/globals";
import { createRequire } from "node:module";
import { fakeGithub, type GithubRequest } from "@plimsoll/testing";
import { Ajv, type ValidateFunction } from "ajv";

import { githubTrials, keysOf, put, textOf } from "./testing/github-trial.ts";

const githubTrial = githubTrials(fakeGithub);

type Json = Record<string, unknown>;
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: Json;
}

const description = createRequire(import.meta.url)(
  "@octokit/openapi/generated/api.github.com.json",
) as Description;
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: "github", components: withNull(description.components) });

/** OpenAPI 3.0 says `nullable`; JSON Schema has a type for that. */
function withNull(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withNull);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [
      name,
      name === "$ref" && typeof value === "string" && value.startsWith("#")
        ? `github${value}`
        : withNull(value),
    ]),
  );
  if (copy["nullable"] !== true) return copy;
  delete copy["nullable"];
  if (typeof copy["type"] === "string") copy["type"] = [copy["type"], "null"];
  else return { anyOf: [copy, { type: "null" }] };
  if (Array.isArray(copy["enum"])) copy["enum"] = [...(copy["enum"] as unknown[]), null];
  return copy;
}

/** Longest first, so that `/releases/{release_id}` does not stand for `/releases/assets/…`. */
const templates = Object.keys(description.paths)
  .filter((path) => path.startsWith("/repos/{owner}/{repo}/"))
  .sort((a, b) => b.split("/").length - a.split("/").length || variables(a) - variables(b))
  .map((path) => ({
    path,
    form: new RegExp(
      `^${path
        .replace("{path}", "\u0001")
        .replace(/\{[^}]+\}/g, "[^/]+")
        .replace("\u0001", ".+")}$`,
    ),
  }));

function variables(path: string): number {
  return path.split("{").length;
}

const validators = new Map<string, ValidateFunction>();

/** The schema of an answer in GitHub's own description, and where it stands; undefined for one without a body. */
function validatorOf({ method, path, status }: GithubRequest) {
  const template = templates.find(
    ({ path: name, form }) => form.test(path) && description.paths[name]?.[method.toLowerCase()],
  );
  if (template === undefined) throw new Error(`${method} ${path} is no path of GitHub's`);
  const name = `${method} ${template.path} ${status}`;
  const operation = description.paths[template.path]?.[method.toLowerCase()] as {
    readonly responses: Readonly<Record<string, Json>>;
  };
  let response: Json | undefined = operation.responses[String(status)];
  const reference = response?.["$ref"];
  if (typeof reference === "string") {
    const shared = description.components["responses"] as Readonly<Record<string, Json>>;
    response = shared[reference.split("/").at(-1) ?? ""];
  }
  const content = (response?.["content"] ?? {}) as Readonly<Record<string, { schema?: Json }>>;
  const schema = content["application/json"]?.schema;
  if (schema === undefined) return { name, validate: undefined };
  let validate = validators.get(name);
  if (validate === undefined) {
    validate = ajv.compile(withNull(schema) as Json);
    validators.set(name, validate);
  }
  return { name, validate };
}

/** Every JSON answer of the API and the host of uploads that GitHub describes, as `METHOD path status`. */
function check(requests: readonly GithubRequest[]): { checked: Set<string>; faults: string[] } {
  const checked = new Set<string>();
  const faults: string[] = [];
  for (const request of requests) {
    if (request.host !== "api" && request.host !== "uploads") continue;
    const { name, validate } = validatorOf(request);
    if (validate === undefined || request.answer === undefined) continue;
    checked.add(name);
    if (!validate(request.answer)) faults.push(`${name}: ${ajv.errorsText(validate.errors)}`);
  }
  return { checked, faults };
}

test("the contract server's answers are those of GitHub's own OpenAPI description", async () => {
  await using trial = await githubTrial({ private: true });
  const { driver, server } = trial;
  const prefix = "models/m/v1.0.0/";
  await put(driver, `${prefix}a/w.onnx`, "weights");
  await put(driver, `${prefix}a/w.onnx`, "other", { onlyIfAbsent: false });
  await put(driver, `${prefix}a/w.onnx`, "other").catch(() => undefined);
  await put(driver, `${prefix}empty.txt`, "");
  expect(await keysOf(driver)).toHaveLength(2);
  await driver.release?.publish(prefix);
  const swap = async (text: string, expected: string | null) =>
    driver.swap?.("models/m/channels/latest.json", Buffer.from(text), { expected });
  const first = await swap("1", null);
  await swap("2", first?.etag ?? "");
  await put(driver, "datasets/m/large.bin", "x".repeat(1_100_000));
  const reader = await trial.open();
  expect(await textOf(reader, `${prefix}a/w.onnx`)).toBe("other");
  expect(await textOf(reader, "models/m/channels/latest.json")).toBe("2");
  await reader.remove("datasets/m/large.bin");
  await reader.stat("nothing");
  const { checked, faults } = check(server.requests);
  expect(faults).toEqual([]);
  expect([...checked].map((name) => name.replace("/repos/{owner}/{repo}", "")).sort()).toEqual(
    expect.arrayContaining([
      "DELETE /contents/{path} 200",
      "GET /releases 200",
      "GET /releases/{release_id} 200",
      "GET /releases/{release_id}/assets 200",
      "GET /releases/tags/{tag} 200",
      "GET /releases/tags/{tag} 404",
      "GET /git/trees/{tree_sha} 200",
      "PATCH /releases/assets/{asset_id} 200",
      "PATCH /releases/{release_id} 200",
      "POST /git/commits 201",
      "POST /git/refs 201",
      "POST /git/trees 201",
      "POST /releases 201",
      "POST /releases/{release_id}/assets 201",
      "PUT /contents/{path} 200",
      "PUT /contents/{path} 201",
    ]),
  );
  // A description that everything fits would prove nothing.
  const [sample] = server.requests.filter(
    ({ host, status }) => host === "uploads" && status === 201,
  );
  if (sample === undefined) throw new Error("nothing was uploaded");
  const wrong = { ...sample, answer: { ...(sample.answer as Json), digest: 7 } };
  expect(check([wrong]).faults).toEqual([expect.stringContaining("digest must be string")]);
  const { name: _name, ...nameless } = sample.answer as Json;
  expect(check([{ ...sample, answer: nameless }]).faults).toHaveLength(1);
}, 180_000);
