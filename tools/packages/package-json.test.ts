import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { packageJson, type WorkspacePackage } from "./package-json.ts";
import { published } from "./published.ts";

const release = { version: "1.2.3", repository: "git+https://github.com/o/r.git" };
const written = published.map((project) => {
  const path = new URL(`../../${project.folder}/package.json`, import.meta.url);
  const own = JSON.parse(readFileSync(path, "utf8")) as WorkspacePackage;
  return [own.name, packageJson(own, project, release) as WorkspacePackage] as const;
});
const names = written.map(([name]) => name);

test("what is published are these packages", () => {
  expect(names).toEqual([
    ...["manifest", "storage", "fetch", "cache", "weights", "api", "inference", "training"].map(
      (name) => `@plimsoll/${name}`,
    ),
    "@plimsoll/pipeline",
    "@plimsoll/nx",
    "@plimsoll/server",
    "@plimsoll/trainer",
    "plimsoll",
  ]);
});

test.each(written)(
  "%s: ESM with types, of one version with its siblings, for Node 20.19",
  (_, json) => {
    expect(json).toMatchObject({ type: "module", version: "1.2.3", engines: { node: ">=20.19" } });
    expect(json).not.toHaveProperty("private");
    expect(JSON.stringify(json)).not.toMatch(/@plimsoll\/source|\/src\//);
    for (const [name, wanted] of Object.entries(json.dependencies ?? {})) {
      if (!names.includes(name)) continue;
      expect(wanted).toBe("1.2.3");
      // What a package needs is published before it.
      expect(names.indexOf(name)).toBeLessThan(names.indexOf(json.name));
    }
  },
);

test("a sync needs no SDK and no runtime of models: whoever wants them installs them", () => {
  const all = new Map(written);
  const needs = (name: string): readonly string[] => {
    const direct = Object.keys(all.get(name)?.dependencies ?? {});
    return [...new Set(direct.flatMap((each) => [each, ...needs(each)]))];
  };
  expect(needs("plimsoll").filter((name) => !name.startsWith("@plimsoll/"))).toEqual(["commander"]);
  expect([...needs("@plimsoll/weights")].sort()).toEqual([
    "@plimsoll/cache",
    "@plimsoll/fetch",
    "@plimsoll/manifest",
    "@plimsoll/storage",
  ]);
  expect(all.get("@plimsoll/storage")?.peerDependenciesMeta?.["@aws-sdk/client-s3"]).toEqual({
    optional: true,
  });
});
