import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { rehearsalModel } from "../rehearse/model.ts";
import { startServer } from "../smoke/start-server.ts";
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

type Program = "server" | "trainer";

/** A program somewhere: what it is told, and where it is asked. */
interface Deployed {
  readonly file: string;
  readonly program: Program;
  readonly env: Readonly<Record<string, string>>;
  /** Every port that the file names for it, as text. */
  readonly ports: readonly string[];
  /** Folders that it may write to where its own file system is read-only. */
  readonly writable?: readonly string[];
}

const pairs = (list: Value | undefined, name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    items(list).flatMap((each) => {
      const key = at(each, name);
      return key === undefined
        ? []
        : [[String(key), String(at(each, "value") ?? "from elsewhere")]];
    }),
  );

const image = (program: Program): Readonly<Record<string, string>> => {
  const text = readText(`apps/${program}/Dockerfile`);
  const stage = text.slice(text.lastIndexOf("\nFROM "));
  const words = /^ENV (.+)$/m.exec(stage)?.[1]?.split(" ") ?? [];
  return Object.fromEntries(words.map((word) => word.split("=") as [string, string]));
};

const programOf = (path: unknown): Program =>
  String(path).includes("trainer") ? "trainer" : "server";

function dockerfiles(): readonly Deployed[] {
  return (["server", "trainer"] as const).map((program) => {
    const file = `apps/${program}/Dockerfile`;
    const text = readText(file);
    const ports = [/^EXPOSE (\d+)/m, /PORT \|\| (\d+)/].map((form) => form.exec(text)?.[1] ?? "");
    return { file, program, env: image(program), ports };
  });
}

function compose(): readonly Deployed[] {
  const file = "docker-compose.yml";
  const services = at(readOne(file), "services") as Mapping;
  return Object.values(services).flatMap((service) => {
    const dockerfile = at(service, "build", "dockerfile");
    if (dockerfile === undefined) return [];
    const program = programOf(dockerfile);
    const env = Object.fromEntries(
      Object.entries(at(service, "environment") as Mapping).map(([key, text]) => [
        key,
        String(text),
      ]),
    );
    // The network, and with it the ports, are those of the S3.
    const mapped = items(at(services["s3"], "ports")).map(String);
    const ports = mapped.flatMap((port) => /:(8\d{3})$/.exec(port)?.[1] ?? []);
    const writable = items(at(service, "volumes")).map(
      (volume) => String(volume).split(":")[1] ?? "",
    );
    return { file, program, env, ports: program === "server" ? ports : [], writable };
  });
}

function render(): readonly Deployed[] {
  const file = "render.yaml";
  const blueprint = readOne(file);
  const groups = items(blueprint["envVarGroups"]);
  return items(blueprint["services"]).flatMap((service) => {
    const dockerfile = at(service, "dockerfilePath");
    if (dockerfile === undefined) return [];
    const named = items(at(service, "envVars")).flatMap((each) => at(each, "fromGroup") ?? []);
    const shared = groups.filter((group) => named.includes(at(group, "name") ?? ""));
    expect(shared).toHaveLength(named.length);
    const lists = [...shared.map((group) => at(group, "envVars")), at(service, "envVars")];
    const env = Object.assign({}, ...lists.map((list) => pairs(list, "key"))) as Record<
      string,
      string
    >;
    return { file, program: programOf(dockerfile), env, ports: env["PORT"] ? [env["PORT"]] : [] };
  });
}

function kubernetes(): readonly Deployed[] {
  const files = ["server.yaml", "trainer.yaml"].map((name) => `deploy/kubernetes/${name}`);
  const objects = files.flatMap((file) => readAll(file).map((object) => ({ file, object })));
  const maps = objects.filter(({ object }) => object["kind"] === "ConfigMap");
  const found = objects.flatMap(({ file, object }): readonly Deployed[] => {
    if (object["kind"] !== "Deployment") return [];
    const pod = at(object, "spec", "template");
    const [container] = items(at(pod, "spec", "containers"));
    const shared = items(at(container, "envFrom")).flatMap((from) => {
      const name = at(from, "configMapRef", "name");
      return maps.filter(({ object: map }) => at(map, "metadata", "name") === name);
    });
    const data = shared.map(({ object: map }) => map["data"] as Mapping);
    const env = { ...Object.assign({}, ...data), ...pairs(at(container, "env"), "name") };
    const scraped = at(pod, "metadata", "annotations", "prometheus.io/port");
    const ports = items(at(container, "ports")).map((port) => String(at(port, "containerPort")));
    return [
      {
        file,
        program: programOf(at(container, "image")),
        env: env as Record<string, string>,
        ports: [...ports, ...(scraped === undefined ? [] : [String(scraped)])],
        writable: items(at(container, "volumeMounts")).map((mount) =>
          String(at(mount, "mountPath")),
        ),
      },
    ];
  });
  return found;
}

function kserve(): Deployed {
  const file = "deploy/kserve/serving-runtime.yaml";
  const [container] = items(at(readOne(file), "spec", "containers"));
  const probes = ["readinessProbe", "livenessProbe"].map((probe) =>
    String(at(container, probe, "httpGet", "port")),
  );
  const ports = items(at(container, "ports")).map((port) => String(at(port, "containerPort")));
  const env = pairs(at(container, "env"), "name");
  return { file, program: "server", env, ports: [...ports, ...probes] };
}

const deployed = [...dockerfiles(), ...compose(), ...render(), ...kubernetes(), kserve()];
const named = deployed.map((each) => [each.file, each.program, each] as const);

/** Names that a program reads, by its sources and those of the rooms: in strings and as properties, not in comments. */
function readBy(program: Program): string {
  const folders = [`apps/${program}/src`, "libs/storage/src", "libs/cache/src", "libs/fetch/src"];
  folders.push("libs/pipeline/src", "libs/weights/src", "libs/inference/src");
  const texts = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter(
        (path) => path.endsWith(".ts") && !/\.test\.ts$|(?:^|\/)(?:testing|fakes)\//.test(path),
      )
      .map((path) => readFileSync(join(root, folder, path), "utf8")),
  );
  return texts.join("\n").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}
const sources = { server: readBy("server"), trainer: readBy("trainer") };
/** Node reads it. */
const others = new Set(["NODE_ENV"]);

test("every kind of deployment is looked at", () => {
  expect(named.map(([file, program]) => `${program}: ${file}`).sort()).toEqual([
    "server: apps/server/Dockerfile",
    "server: deploy/kserve/serving-runtime.yaml",
    "server: deploy/kubernetes/server.yaml",
    "server: docker-compose.yml",
    "server: render.yaml",
    "trainer: apps/trainer/Dockerfile",
    "trainer: deploy/kubernetes/trainer.yaml",
    "trainer: docker-compose.yml",
    "trainer: render.yaml",
  ]);
});

test.each(named)("%s: every variable is one that the %s reads", (_, program, { env }) => {
  const unread = Object.keys(env).filter(
    (name) =>
      !others.has(name) && !new RegExp(`["'.]${name}\\b|\\b${name}[:,} ]`).test(sources[program]),
  );
  expect(unread).toEqual([]);
});

test.each(named)("%s: the ports are those that the %s listens on", (_, program, { env, ports }) => {
  const port = env["PORT"] ?? image(program)["PORT"];
  expect(port).toMatch(/^\d+$/);
  expect([...new Set(ports)]).toEqual(ports.length === 0 ? [] : [port]);
});

test.each(named.filter(([, , { writable }]) => writable !== undefined))(
  "%s: the %s may write where its cache is",
  (_, program, { env, writable = [] }) => {
    const cache = env["PLIMSOLL_CACHE_DIR"] ?? image(program)["PLIMSOLL_CACHE_DIR"] ?? "";
    expect(writable.some((folder) => cache === folder || cache.startsWith(`${folder}/`))).toBe(
      true,
    );
  },
);

test("KServe: the server takes these very variables, answers the probes, and the file that KServe brought", async () => {
  await using dir = await tempDir();
  const { file, env } = kserve();
  const [container] = items(at(readOne(file), "spec", "containers"));
  const service = readOne("deploy/kserve/inference-service.yaml");
  const model = String(at(service, "metadata", "name"));
  await mkdir(dir.join("models"));
  await writeFile(dir.join("models", `${model}.onnx`), rehearsalModel(3).bytes);
  const here = { PLIMSOLL_MODELS_DIR: dir.join("models"), PLIMSOLL_CACHE_DIR: dir.join("cache") };
  const { PORT: _, HOST: __, ...told } = env;
  expect(Object.keys(told)).toEqual(expect.arrayContaining(Object.keys(here)));
  const server = await startServer({
    store: "",
    model,
    env: { ...told, ...here, MODEL_STORE: "" },
  });
  try {
    for (const probe of ["readinessProbe", "livenessProbe"]) {
      const path = String(at(container, probe, "httpGet", "path"));
      expect([path, (await fetch(server.url + path)).status]).toEqual([path, 200]);
    }
    const x = { name: "x", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, 4] };
    const response = await fetch(`${server.url}/v2/models/${model}/infer`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ inputs: [x] }),
    });
    expect(await response.json()).toMatchObject({ outputs: [{ name: "y", data: [3, 6, 9, 12] }] });
  } finally {
    await server.stop();
  }
}, 300_000);
