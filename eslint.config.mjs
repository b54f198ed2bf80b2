import nx from "@nx/eslint-plugin";
import prettier from "eslint-config-prettier";
import * as jsonc from "jsonc-eslint-parser";
import typescript from "typescript-eslint";

/** Which rooms a room's sources may import; docs/map.md draws it. Tests, and what a `testing` folder has for them, may import `testing` besides. */
export const mayImport = {
  manifest: [],
  storage: [],
  testing: [],
  api: ["manifest"],
  cache: ["manifest"],
  inference: ["manifest"],
  fetch: ["manifest", "storage"],
  training: ["manifest", "inference"],
  weights: ["manifest", "storage", "fetch", "cache"],
  pipeline: ["weights", "training", "storage", "manifest"],
  nx: ["manifest"],
};

const constraints = (extra) => [
  ...Object.entries(mayImport).map(([room, rooms]) => ({
    sourceTag: `room:${room}`,
    onlyDependOnLibsWithTags: [...rooms, ...extra].map((name) => `room:${name}`),
  })),
  {
    sourceTag: "room:dashboard",
    onlyDependOnLibsWithTags: ["api", ...extra].map((name) => `room:${name}`),
  },
  { sourceTag: "layer:app", onlyDependOnLibsWithTags: ["layer:lib"] },
  { sourceTag: "layer:tool", onlyDependOnLibsWithTags: ["layer:lib"] },
];

const boundaries = (extra) => ({
  "@nx/enforce-module-boundaries": [
    "error",
    {
      enforceBuildableLibDependency: true,
      allow: [],
      // A room that one file loads lazily may be imported by another that is itself loaded lazily.
      checkDynamicDependenciesExceptions: [".*"],
      depConstraints: constraints(extra),
    },
  ],
});

export default [
  { ignores: ["**/dist", "**/out-tsc", "**/.nx", "**/.plimsoll", "**/coverage", "bench/out"] },
  ...nx.configs["flat/base"],
  ...nx.configs["flat/typescript"],
  {
    files: ["**/*.ts", "**/*.tsx", "**/*.mjs", "**/*.js"],
    rules: { ...boundaries([]), "max-lines": ["error", 300] },
  },
  {
    files: ["**/*.ts", "**/*.tsx"],
    plugins: { "@typescript-eslint": typescript.plugin },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/ban-ts-comment": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_" },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "ExportAllDeclaration",
          message: "Name what is exported: an index is a list.",
        },
      ],
    },
  },
  {
    files: ["**/*.test.ts", "**/src/**/testing/**/*.ts"],
    rules: boundaries(["testing"]),
  },
  {
    files: ["libs/*/package.json", "apps/*/package.json"],
    languageOptions: { parser: jsonc },
    rules: {
      "@nx/dependency-checks": [
        "error",
        {
          ignoredFiles: [
            "{projectRoot}/**/*.test.ts",
            "{projectRoot}/jest.config.mjs",
            // What the dashboard's browser tests and screenshots are made with.
            "{projectRoot}/src/{testing,screenshots}/**",
            "{projectRoot}/src/**/{testing,fixtures}/**",
            "{projectRoot}/src/**/test-*.ts",
          ],
          // Found by name at run time, or brought for another package that wants it as its peer.
          ignoredDependencies: ["@plimsoll/server", "@plimsoll/trainer", "ioredis", "nx"],
        },
      ],
    },
  },
  prettier,
];
