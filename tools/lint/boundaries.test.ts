import { execFileSync, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);
const bin = (name: string, path: string): string =>
  join(dirname(require.resolve(`${name}/package.json`)), path);

/** What ESLint says of `source` as if it lay at `path`. */
function lint(path: string, source: string): string {
  const args = ["--stdin", "--stdin-filename", join(root, path), "--format", "json"];
  const run = spawnSync(process.execPath, [bin("eslint", "bin/eslint.js"), ...args], {
    cwd: root,
    input: source,
    encoding: "utf8",
  });
  const [file] = JSON.parse(run.stdout) as { messages: { ruleId: string; message: string }[] }[];
  return (file?.messages ?? []).map(({ ruleId, message }) => `${ruleId}: ${message}`).join("\n");
}

beforeAll(() => {
  // Without a project graph the boundary rule skips itself with a warning: `npm run lint` makes one first, as here.
  const args = [bin("nx", "dist/bin/nx.js"), "show", "projects"];
  execFileSync(process.execPath, args, { cwd: root, stdio: "ignore" });
}, 180_000);

const importing = (name: string): string => `import { x } from "${name}";\nexport const y = x;\n`;

test.each([
  ["libs/manifest/src/forbidden.ts", "@plimsoll/storage"],
  ["libs/fetch/src/forbidden.ts", "@plimsoll/cache"],
  ["libs/storage/src/forbidden.test.ts", "@plimsoll/manifest"],
  ["libs/weights/src/forbidden.ts", "@plimsoll/testing"],
])(
  "%s may not import %s",
  (path, name) => {
    expect(lint(path, importing(name))).toContain("@nx/enforce-module-boundaries");
  },
  60_000,
);

test.each([
  ["libs/weights/src/allowed.ts", "@plimsoll/fetch"],
  ["libs/weights/src/allowed.test.ts", "@plimsoll/testing"],
])(
  "%s may import %s",
  (path, name) => {
    expect(lint(path, importing(name))).toBe("");
  },
  60_000,
);
