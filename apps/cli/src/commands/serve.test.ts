import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { childCli } from "../child-cli.ts";

test("with no configuration it makes and serves the demo's store, until it is told to end", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "plimsoll-serve-"));
  try {
    let status: Promise<unknown> | undefined;
    const { exit, out, err } = await childCli(["serve", "--port", "0"], {
      cwd,
      env: { PLIMSOLL_CACHE_DIR: join(cwd, "cache") },
      when: {
        text: "serving at ",
        act: (child) => {
          status = Promise.resolve().finally(() => child.kill("SIGTERM"));
        },
      },
    });
    await status;
    expect([exit, err.split("\n").filter((line) => line.startsWith("plimsoll:"))]).toEqual([0, []]);
    expect(err).toMatch(/serving those of the demo, \.\/\.plimsoll\/demo\/store/);
    expect(out + err).toMatch(/serving at http:\/\/127\.0\.0\.1:\d+/);
    expect(existsSync(join(cwd, ".plimsoll/demo/store/models/digits/v1.1.0/manifest.json"))).toBe(
      true,
    );
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}, 120_000);

test("a setting that cannot be used ends it with one line that names the variable", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "plimsoll-serve-"));
  try {
    const result = await childCli(["serve", "--store", "./store"], {
      cwd,
      env: { PORT: "http" },
    });
    expect(result.exit).toBe(2);
    expect(result.err.trim().split("\n").at(-1)).toMatch(/^plimsoll-server: E_USAGE PORT: /);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}, 180_000);
