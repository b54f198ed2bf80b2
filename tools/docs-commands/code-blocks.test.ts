import { execFileSync } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "@jest/globals";
import type { CustomModule, PipelineOptions } from "@plimsoll/inference";
import { tempDir } from "@plimsoll/testing";
import { publishWeights } from "@plimsoll/weights";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { codeBlocks } from "./page-script.ts";
import { allPages, readPage } from "./pages.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const blocks = allPages().flatMap((page) =>
  codeBlocks(readPage(page)).map(({ language, lines }) => ({
    language,
    where: `${page}:${lines[0]?.line}`,
    text: lines.map(({ text }) => text).join("\n"),
  })),
);
const of = (...languages: readonly string[]) =>
  blocks.filter(({ language }) => languages.includes(language));
const typescript = of("ts");

let schema: { readonly properties: object };
beforeAll(async () => {
  const text = await readFile(join(root, "docs/protocol/config.schema.json"), "utf8");
  schema = JSON.parse(text) as typeof schema;
});

test("JSON of pages is JSON, and what stands for plimsoll.config.json is valid there", () => {
  const validate = new Ajv2020({ strict: false }).compile(schema);
  let configs = 0;
  for (const { where, text } of of("json")) {
    const value = JSON.parse(text) as object;
    const isConfig = Object.keys(value).every((key) => key in schema.properties);
    if (!isConfig) continue;
    configs += 1;
    expect([where, validate(value), validate.errors]).toEqual([where, true, null]);
  }
  expect(configs).toBeGreaterThan(4);
});

test("YAML of pages is YAML", () => {
  for (const { text } of of("yaml", "yml")) expect(parse(text)).toBeInstanceOf(Object);
  expect(of("yaml", "yml").length).toBeGreaterThan(0);
});

test("TypeScript of pages has the types that it says", async () => {
  await using dir = await tempDir();
  await symlink(join(root, "node_modules"), dir.join("node_modules"));
  await writeFile(dir.join("package.json"), '{ "type": "module" }');
  const names = typescript.map((_, index) => `block-${index}.ts`);
  for (const [index, { text }] of typescript.entries()) {
    await writeFile(dir.join(names[index] ?? ""), `${text}\nexport {};\n`);
  }
  const compilerOptions = { noEmit: true, composite: false, declarationMap: false, rootDir: "/" };
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions, files: names };
  await writeFile(dir.join("tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/.bin/tsc");
  let said = "";
  try {
    execFileSync(tsc, ["-p", dir.path], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const places = typescript.map(({ where }, index) => `${names[index]} is ${where}`);
    said = [(error as { readonly stdout: string }).stdout, ...places].join("\n");
  }
  expect(said).toBe("");
  expect(names.length).toBeGreaterThan(1);
}, 180_000);

test.each(typescript.map(({ where, text }) => [where, text]))(
  "the code of %s runs",
  async (_, text) => {
    await using dir = await tempDir();
    await symlink(join(root, "node_modules"), dir.join("node_modules"));
    await writeFile(dir.join("package.json"), '{ "type": "module" }');
    await mkdir(dir.join("weights"));
    await writeFile(dir.join("weights/model.onnx"), "weights of a kind");
    const store = pathToFileURL(dir.join("store")).href;
    await publishWeights({
      from: [dir.join("weights")],
      to: [store],
      model: "m",
      release: "v1.0.0",
    });
    await writeFile(dir.join("code.ts"), text);
    const tsx = pathToFileURL(join(root, "node_modules/tsx/dist/esm/index.mjs")).href;
    const said = execFileSync(
      process.execPath,
      ["--conditions=@plimsoll/source", `--import=${tsx}`, "code.ts"],
      {
        cwd: dir.path,
        encoding: "utf8",
        env: { PATH: process.env["PATH"], HOME: dir.path, PLIMSOLL_CACHE_DIR: dir.join("cache") },
      },
    );
    expect(said).toMatch(/model\.onnx|1 files in/);
  },
  180_000,
);

test("the module of a page takes a picture and gives an answer", async () => {
  await using dir = await tempDir();
  const [module] = of("js").filter(({ text }) => text.includes("export async function prepare"));
  await writeFile(dir.join("own.mjs"), module?.text ?? "");
  const { prepare, finish } = (await import(dir.join("own.mjs"))) as CustomModule;
  const bytes = Uint8Array.from({ length: 64 }, () => 255);
  const prepared = await prepare?.({ kind: "image", bytes }, {} as PipelineOptions);
  const feed = prepared?.feeds[0];
  expect([feed?.shape, feed?.data.length]).toEqual([[1, 64], 256]);
  const outputs = [{ name: "y", type: "FP32", shape: [1], data: feed?.data.slice(0, 4) }];
  const answer = finish?.(outputs as never, undefined, {} as never, {} as never);
  expect(answer).toMatchObject({ kind: "classification", predictedClass: "yes", confidence: 1 });
});
