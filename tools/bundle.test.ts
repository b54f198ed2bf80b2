import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { execFile } from "node:child_process";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const script = new URL("./bundle.mjs", import.meta.url).href;

/** Bundles the libraries below a folder, in a process of its own; gives their names. */
async function bundle(root: string): Promise<readonly string[]> {
  const code = `const { bundleLibraries } = await import(${JSON.stringify(script)});
    console.log(JSON.stringify(await bundleLibraries(${JSON.stringify(root)})));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", code]);
  return JSON.parse(stdout) as readonly string[];
}

/** The value that `main` of the bundled library gives. */
async function value(root: string): Promise<string> {
  const url = pathToFileURL(join(root, "libs/a/dist/bundle/index.js")).href;
  const code = `console.log(await (await import(${JSON.stringify(url)})).main())`;
  return (await run(process.execPath, ["--input-type=module", "-e", code])).stdout.trim();
}

test("a library is one file and one for each lazy import, made anew when a source is newer", async () => {
  await using dir = await tempDir();
  const src = dir.join("libs/a/src");
  await mkdir(src, { recursive: true });
  await mkdir(dir.join("libs/plain/src"), { recursive: true });
  await writeFile(dir.join("libs/plain/package.json"), '{"exports":{".":"./dist/index.js"}}');
  const target = { "@plimsoll/source": "./src/index.ts", default: "./dist/bundle/index.js" };
  await writeFile(dir.join("libs/a/package.json"), JSON.stringify({ exports: { ".": target } }));
  const index = `import { one } from "./one.ts";
    export const main = async (): Promise<number> => one + (await import("./lazy.ts")).two;`;
  await writeFile(join(src, "index.ts"), index);
  await writeFile(join(src, "one.ts"), "export const one: number = 1;");
  await writeFile(join(src, "lazy.ts"), "export const two: number = 2;");

  expect(await bundle(dir.path)).toEqual(["a"]);
  expect(await value(dir.path)).toBe("3");
  const files = await readdir(dir.join("libs/a/dist/bundle"));
  expect(files.filter((name) => name.endsWith(".js"))).toHaveLength(2);
  expect(await bundle(dir.path)).toEqual([]);

  await writeFile(join(src, "index.ts"), "export const main = (): string => 'changed';");
  const later = new Date(Date.now() + 5000);
  await utimes(join(src, "index.ts"), later, later);
  expect(await bundle(dir.path)).toEqual(["a"]);
  expect(await value(dir.path)).toBe("changed");
  expect(await readdir(dir.join("libs/a/dist/bundle"))).toEqual(["index.js"]);
});
