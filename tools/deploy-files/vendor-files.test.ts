import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import { at, items, readOne, readText } from "./project-files.ts";

const schema = (name: string): object =>
  JSON.parse(readText(`tools/deploy-files/schemas/${name}`)) as object;

function problems(of: object, document: unknown): readonly unknown[] {
  // Compose names its draft by an address of its own; all of them are draft 7.
  const draft7 = { ...of, $schema: "http://json-schema.org/draft-07/schema#" };
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile(draft7);
  validate(document);
  return validate.errors ?? [];
}

const files = [
  ["docker-compose.yml", "compose-spec.json"],
  ["render.yaml", "render.json"],
  ["railway.json", "railway.json"],
] as const;

test.each(files)("%s is valid by its schema", (file, name) => {
  expect(problems(schema(name), readOne(file))).toEqual([]);
});

test.each(files)("a misspelt field of %s is found", (file, name) => {
  const wrong = { ...readOne(file), servces: {} };
  expect(problems(schema(name), wrong)).not.toEqual([]);
});

test.each([
  ["render.yaml", "RENDER_SCHEMA"],
  ["railway.json", "RAILWAY_SCHEMA"],
])("%s is valid by the vendor's own schema, where %s names it", (file, variable) => {
  const path = process.env[variable];
  if (path === undefined) {
    console.info(`skipped: no ${variable}`);
    return;
  }
  expect(problems(JSON.parse(readFileSync(path, "utf8")) as object, readOne(file))).toEqual([]);
});

test("Render: server with a disk, worker, queue; secrets are generated or asked for, never written", () => {
  const blueprint = readOne("render.yaml");
  const [server, worker, queue] = items(blueprint["services"]);
  expect([at(server, "type"), at(worker, "type"), at(queue, "type")]).toEqual([
    "web",
    "worker",
    "keyvalue",
  ]);
  expect(at(server, "disk", "sizeGB")).toBe(10);
  const variables = items(at(server, "envVars"));
  const variable = (key: string) => variables.find((each) => at(each, "key") === key);
  for (const key of ["API_KEY", "ADMIN_TOKEN"])
    expect(variable(key)).toEqual({ key, generateValue: true });
  for (const key of ["S3_ACCESS_KEY", "S3_SECRET_KEY"])
    expect(variable(key)).toEqual({ key, sync: false });
  const regions = items(blueprint["services"]).map((each) => at(each, "region"));
  expect(new Set(regions).size).toBe(1);
});

test("Compose: no secret has a value in the file, nothing but this machine reaches the ports", () => {
  const compose = readOne("docker-compose.yml");
  const text = readText("docker-compose.yml");
  for (const name of ["S3_ACCESS_KEY", "S3_SECRET_KEY", "ADMIN_TOKEN"]) {
    expect(text).not.toMatch(new RegExp(`${name}: [^$]`));
  }
  for (const service of Object.values((compose["services"] ?? {}) as object)) {
    for (const port of items(at(service, "ports"))) expect(String(port)).toMatch(/^127\.0\.0\.1:/);
  }
  for (const name of ["server", "worker"]) {
    const service = at(compose, "services", name);
    expect(at(service, "network_mode")).toBe("service:s3");
    expect(at(service, "cap_drop")).toEqual(["ALL"]);
    expect(at(service, "environment", "MODEL_STORE")).toContain("endpoint=http://127.0.0.1:9000");
  }
});

test("the paths that the hosts are told exist: Dockerfiles, health routes, programs", () => {
  const paths = [
    ...items(readOne("render.yaml")["services"]).map((each) => at(each, "dockerfilePath")),
    at(readOne("railway.json"), "build", "dockerfilePath"),
    at(readOne("docker-compose.yml"), "services", "server", "build", "dockerfile"),
    at(readOne("docker-compose.yml"), "services", "worker", "build", "dockerfile"),
    ...[...readText("Procfile").matchAll(/node (\S+)/g)].map(([, path]) => path),
  ].filter((path) => path !== undefined);
  expect(paths.length).toBeGreaterThanOrEqual(7);
  for (const path of paths) expect(readText(String(path)).length).toBeGreaterThan(100);
  const routes = readText("apps/server/src/routes/health-routes.ts");
  for (const path of [
    at(readOne("railway.json"), "deploy", "healthcheckPath"),
    at(items(readOne("render.yaml")["services"])[0], "healthCheckPath"),
  ]) {
    expect(routes).toContain(String(path));
  }
});
