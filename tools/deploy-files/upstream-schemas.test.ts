import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parseManifest } from "@plimsoll/manifest";
import { Ajv } from "ajv";
import {
  at,
  items,
  type Mapping,
  readAll,
  readOne,
  readText,
  root,
  type Value,
} from "./project-files.ts";

/**
 * Schemas of others that are not kept here but pinned by commit and digest:
 * `npx plimsoll sync tools/deploy-files/schemas/upstream/manifest.json` brings them, CI does.
 */
const folder = "tools/deploy-files/schemas/upstream";
const pinned = Object.keys(readOne(`${folder}/manifest.json`)["weights"] as Mapping);
const isHere = (name: string): boolean => existsSync(join(root, folder, name));

const below = (of: string): readonly string[] =>
  readdirSync(join(root, of))
    .filter((name) => name.endsWith(".yml"))
    .map((name) => `${of}/${name}`);

/** Which file is held against which schema. */
const files: readonly (readonly [string, string])[] = [
  ...[...below(".github/workflows"), ...below("examples/workflows")].map(
    (file) => [file, "github-workflow.json"] as const,
  ),
  [".github/dependabot.yml", "dependabot-2.0.json"],
  ["deploy/prometheus/alerts.yml", "prometheus.rules.json"],
  ["deploy/prometheus/alerts.test.yml", "prometheus.rules.test.json"],
  ["deploy/kserve/serving-runtime.yaml", "serving.kserve.io_servingruntimes.yaml"],
  ["deploy/kserve/inference-service.yaml", "serving.kserve.io_inferenceservices.yaml"],
];

/** The schema of a file; of a custom resource that of the version which the document names, closed. */
function schemaFor(name: string, document: Mapping): object {
  if (name.endsWith(".json")) {
    const schema = JSON.parse(readText(`${folder}/${name}`)) as object;
    return { ...schema, $schema: "http://json-schema.org/draft-07/schema#" };
  }
  const [crd] = readAll(`${folder}/${name}`);
  const version = String(document["apiVersion"]).split("/").at(-1);
  const found = items(at(crd, "spec", "versions")).find((each) => at(each, "name") === version);
  const schema = closed(at(found, "schema", "openAPIV3Schema") ?? {}) as Mapping;
  const properties = { ...(schema["properties"] as Mapping), metadata: { type: "object" } };
  return { ...schema, properties };
}

/** The API server drops a field that it does not know; here that is an error. */
function closed(schema: Value): Value {
  if (Array.isArray(schema)) return (schema as readonly Value[]).map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy: Record<string, Value> = {};
  for (const [key, child] of Object.entries(schema as Mapping)) copy[key] = closed(child ?? null);
  const isOpen =
    copy["x-kubernetes-preserve-unknown-fields"] === true || "additionalProperties" in copy;
  // A property may itself be called `properties`: a schema's are schemas.
  const has = copy["properties"];
  if (typeof has === "object" && copy["type"] === "object" && !isOpen) {
    copy["additionalProperties"] = false;
  }
  if (copy["x-kubernetes-int-or-string"] === true) delete copy["type"];
  return copy;
}

/** What no document has a value for needs no schema but its name: a megabyte of it takes a minute to compile. */
function wanted(schema: Value, values: readonly Value[]): Value {
  const lists = values.flatMap((value) => items(value));
  const [properties, each] = [at(schema, "properties"), at(schema, "items")];
  const copy: Record<string, Value> = { ...(schema as Mapping as Record<string, Value>) };
  if (each !== undefined) copy["items"] = lists.length === 0 ? true : wanted(each, lists);
  if (typeof properties === "object" && properties !== null) {
    const kept = Object.entries(properties as Mapping).map(([key, child]) => {
      const own = values.flatMap((value) => at(value, key) ?? []);
      return [key, own.length === 0 ? true : wanted(child ?? true, own)] as const;
    });
    copy["properties"] = Object.fromEntries(kept);
  }
  return copy;
}

function validator(name: string, document: Mapping): (value: Mapping) => readonly unknown[] {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const schema = schemaFor(name, document);
  const isResource = name.endsWith(".yaml");
  const validate = ajv.compile(
    isResource ? (wanted(schema as Value, [document]) as object) : schema,
  );
  return (value) => {
    validate(value);
    return validate.errors ?? [];
  };
}

test("the pins are a manifest that sync takes, each by a commit of its repository", () => {
  const source = `${folder}/manifest.json`;
  const { manifest, warnings } = parseManifest(Buffer.from(readText(source)), { source });
  expect(warnings).toEqual([]);
  for (const { url, checksum, size } of manifest.weights.values()) {
    expect(url).toMatch(/^https:\/\/raw\.githubusercontent\.com\/[\w-]+\/[\w-]+\/[0-9a-f]{40}\//);
    expect([typeof checksum, typeof size]).toEqual(["string", "number"]);
  }
});

test("every pinned schema is used", () => {
  expect([...new Set(files.map(([, name]) => name))].sort()).toEqual(pinned.toSorted());
});

test.each(files)("%s is valid by %s, and a misspelt field is found", (file, name) => {
  if (!isHere(name)) {
    console.info(`skipped: ${name} is not here: npx plimsoll sync ${folder}/manifest.json`);
    return;
  }
  const document = readOne(file);
  const problems = validator(name, document);
  expect(problems(document)).toEqual([]);
  const spec = document["spec"] as Mapping | undefined;
  const wrong = spec
    ? { ...document, spec: { ...spec, misspelt: 1 } }
    : { ...document, misspelt: 1 };
  expect(problems(wrong)).not.toEqual([]);
});
