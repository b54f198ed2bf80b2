import { execFileSync } from "node:child_process";
import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { sha256 } from "@plimsoll/manifest";
import { faultyServer, tempDir } from "@plimsoll/testing";
import { bringLinter } from "./bring-linter.ts";
import { linters } from "./linters.ts";

/** An archive with a program that says its name, and the server that has it. */
async function released(dir: { join(...parts: string[]): string }) {
  await writeFile(dir.join("lint"), "#!/bin/sh\necho linted\n");
  await chmod(dir.join("lint"), 0o644);
  execFileSync("tar", ["-czf", dir.join("lint.tgz"), "-C", dir.join("."), "lint"]);
  const bytes = await readFile(dir.join("lint.tgz"));
  const server = await faultyServer({ files: { "/lint.tgz": bytes } });
  return { server, digest: sha256(bytes) };
}

test("C4: a linter is unpacked when its bytes are the pinned ones, and never otherwise", async () => {
  await using dir = await tempDir();
  const { server, digest } = await released(dir);
  await using _ = server;
  const url = server.url("/lint.tgz");
  const linter = (wanted: string) => ({
    name: "lint",
    version: "1.0.0",
    archives: { "linux-x64": { url, sha256: wanted } },
  });
  const program = await bringLinter(linter(digest), dir.join("good"), "linux-x64");
  expect(execFileSync(program, { encoding: "utf8" })).toBe("linted\n");

  const other = sha256(Buffer.from("another build"));
  await expect(bringLinter(linter(other), dir.join("bad"), "linux-x64")).rejects.toThrow(
    /lint 1\.0\.0: /,
  );
  const left = await readdir(dir.join("bad"));
  expect(left.filter((name) => name === "lint-1.0.0" || name.endsWith(".tar.gz"))).toEqual([]);

  await expect(bringLinter(linter(digest), dir.join("none"), "sunos-sparc")).rejects.toThrow(
    "lint 1.0.0 is not pinned for sunos-sparc: install it, and name its folder with --programs",
  );
});

test("C4: every linter is pinned by version and digest, for both machines of the host", () => {
  expect(linters.map(({ name }) => name)).toEqual(["actionlint", "zizmor"]);
  for (const { version, archives } of linters) {
    expect(Object.keys(archives)).toEqual(["linux-x64", "linux-arm64"]);
    for (const { url, sha256: digest } of Object.values(archives)) {
      expect(url).toContain(`/download/v${version}/`);
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
    }
  }
});
