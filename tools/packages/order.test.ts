import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { publishOrder } from "./order.ts";

const of = (name: string, ...needs: string[]) => ({
  name,
  version: "1.0.0",
  dependencies: Object.fromEntries(needs.map((need) => [need, "1.0.0"])),
});

test("each package comes after what it needs, whatever others are called", () => {
  const packages = [of("c", "b", "chalk"), of("a"), of("b", "a")];
  expect(publishOrder(packages).map(({ name }) => name)).toEqual(["a", "b", "c"]);
  expect(() => publishOrder([of("a", "b"), of("b", "a")])).toThrow("a circle: a, b");
});

test("C1: a tag that is not the workspace's version publishes nothing, and does nothing", async () => {
  await using dir = await tempDir();
  await mkdir(dir.join("packages"));
  await writeFile(dir.join("npm"), "#!/bin/sh\ntouch npm-was-called\n", { mode: 0o755 });
  const root = new URL("../../", import.meta.url);
  const tsx = new URL("node_modules/tsx/dist/esm/index.mjs", root).href;
  const tool = fileURLToPath(new URL("tools/publish-packages.ts", root));
  for (const tag of ["v0.0.0", "v$(touch pwned)", "", "weights-v1.0.0"]) {
    const run = promisify(execFile)(
      process.execPath,
      ["--conditions=@plimsoll/source", "--import", tsx, tool, "--from", dir.join("packages")],
      { cwd: dir.path, env: { PATH: `${dir.path}:${process.env["PATH"]}`, TAG: tag } },
    );
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("releases no packages: they are v"),
    });
  }
}, 120_000);
