import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly concurrency?: { readonly "cancel-in-progress": boolean };
  readonly jobs: Readonly<Record<string, Job>>;
}

const folders = ["../.github/workflows/", "../examples/workflows/"].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const workflows = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".yml"))
    .map((name) => {
      const text = readFileSync(folder + name, "utf8");
      return { name, text, workflow: parse(text) as Workflow };
    }),
);
const all = workflows.map(({ name, workflow, text }) => [name, workflow, text] as const);
const steps = ({ jobs }: Workflow): readonly Step[] =>
  Object.values(jobs).flatMap((job) => job.steps);
const release = workflows.find(({ name }) => name === "release-weights.yml")?.workflow;

test("the workflows that the rows are about are there", () => {
  const names = workflows.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      "ci.yml",
      "nightly.yml",
      "release-packages.yml",
      "release-weights.yml",
    ]),
  );
});

test.each(all)("C1: %s puts no expression into a command", (_, workflow) => {
  for (const { run } of steps(workflow)) expect(run ?? "").not.toContain("${{");
});

test.each(all)("C2: %s is started by nothing that a stranger writes with rights", (_, workflow) => {
  for (const trigger of ["pull_request_target", "workflow_run", "issue_comment", "issues"]) {
    expect(Object.keys(workflow.on)).not.toContain(trigger);
  }
});

test.each(all)("C3: %s takes nothing from a cache", (_, workflow) => {
  for (const { uses = "", with: given = {} } of steps(workflow)) {
    expect(uses).not.toMatch(/^actions\/cache/);
    if (uses.startsWith("actions/setup-node")) expect(given["package-manager-cache"]).toBe(false);
  }
});

test.each(all)(
  "C4: %s names every action by its commit, with the version beside it",
  (_, workflow, text) => {
    for (const { uses } of steps(workflow)) {
      if (uses === undefined) continue;
      expect(uses).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/);
      expect(text).toMatch(new RegExp(`${uses.replace(/[.]/g, "\\.")} # v\\d+\\.\\d+\\.\\d+`));
    }
  },
);

test.each(all)(
  "C5: %s gives no rights to all jobs, and each job the few that it needs",
  (_, workflow) => {
    expect(workflow.permissions).toEqual({});
    for (const { permissions } of Object.values(workflow.jobs)) {
      expect(permissions).toBeDefined();
      // Runs and artifacts may be read; who writes them chooses what runs.
      expect(permissions?.["actions"] ?? "read").toBe("read");
    }
  },
);

test.each(all)(
  "C6: %s leaves no credentials behind, and secrets are those of an environment",
  (_, workflow) => {
    for (const { environment, steps: own } of Object.values(workflow.jobs)) {
      for (const { uses = "", with: given = {}, env = {}, run = "" } of own) {
        if (uses.startsWith("actions/checkout")) expect(given["persist-credentials"]).toBe(false);
        expect(run).not.toMatch(/set -x|secrets\./);
        const secrets = Object.values(env).filter((value) =>
          /secrets\.(?!GITHUB_TOKEN)/.test(value),
        );
        if (secrets.length > 0) expect(environment).toMatch(/^(?:staging|production)$/);
      }
    }
  },
);

test("C7: the tag of a release is checked against main before anything else is done", () => {
  const [first] = Object.values(release?.jobs ?? {});
  const runs = first?.steps.flatMap(({ run }) => run ?? []) ?? [];
  expect(runs.slice(0, 2)).toEqual(["npm ci --ignore-scripts", "npx nx run check-tag"]);
  const checkout = first?.steps.find(({ uses }) => uses?.startsWith("actions/checkout"));
  expect(checkout?.with?.["fetch-depth"]).toBe(0);
});

test("C8: CI and the nightly run install no scripts either", () => {
  for (const name of ["ci.yml", "nightly.yml", "release-packages.yml"]) {
    const { workflow } = workflows.find((each) => each.name === name) ?? {};
    for (const { run = "", env = {} } of steps(workflow as Workflow)) {
      if (/npm (?:ci|i|install)\b/.test(run)) expect(run).toBe("npm ci --ignore-scripts");
      if (run === ".ci/run") expect(env["npm_config_ignore_scripts"]).toBe("true");
    }
  }
});

test("CI runs everything on each Node that we promise, and lints the workflows", () => {
  const { jobs } = workflows.find(({ name }) => name === "ci.yml")?.workflow as Workflow;
  const { strategy, steps: own } = jobs["check"] as Job & {
    readonly strategy: { readonly matrix: { readonly node: readonly string[] } };
  };
  expect(strategy.matrix.node).toEqual(["20.19", "22", "24"]);
  expect(own.at(-1)?.run).toBe(".ci/run");
  expect(jobs["workflows"]?.steps.flatMap(({ run }) => run ?? []).slice(1)).toEqual([
    "npx nx run lint-workflows",
    "npx plimsoll sync tools/deploy-files/schemas/upstream/manifest.json",
    "npm test -- --selectProjects tools --testPathPatterns upstream-schemas",
  ]);
});

test("the nightly run sweeps, and holds every bench against the nights before", () => {
  const { jobs } = workflows.find(({ name }) => name === "nightly.yml")?.workflow as Workflow;
  const runs = (job: string) => jobs[job]?.steps.flatMap(({ run }) => run ?? []) ?? [];
  expect(runs("sweep").at(-1)).toBe("npm run nightly");
  for (const bench of ["fetch", "publish", "serve", "train"]) {
    expect(runs("bench")).toContain(`npm run bench -- ${bench}`);
  }
  expect(runs("bench").slice(-2)).toEqual([
    "gh run download --name bench-history --dir bench/history",
    "npx nx run bench-trend",
  ]);
  const kept = jobs["bench"]?.steps.at(-1)?.with;
  expect(kept).toMatchObject({ name: "bench-history", path: "bench/history" });
});

test("C9: packages are published by an approved job that has an identity and no token", () => {
  const { workflow, text } = workflows.find(({ name }) => name === "release-packages.yml") ?? {};
  const { build, publish } = (workflow as Workflow).jobs;
  expect(build?.permissions).toEqual({ contents: "read" });
  expect(publish?.permissions).toEqual({ contents: "read", "id-token": "write" });
  expect(publish?.environment).toBe("npm");
  expect(text).not.toMatch(/secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN|registry-url/);
  const runs = publish?.steps.flatMap(({ run }) => run ?? []);
  // Nothing of others runs where the identity is: no install, and Node takes the types away by itself.
  expect(runs).toEqual(["node tools/publish-packages.ts"]);
  for (const file of ["publish-packages", "complain", "packages/order", "packages/published"]) {
    const source = readFileSync(new URL(`./${file}.ts`, import.meta.url), "utf8");
    for (const [, from = ""] of source.matchAll(/from "([^"]+)"/g)) {
      expect(from).toMatch(/^(?:node:|\.\.?\/.*\.ts$)/);
    }
  }
  expect(workflow?.concurrency?.["cancel-in-progress"]).toBe(false);
});

test("C8: a release runs no install scripts", () => {
  const installs = steps(release as Workflow).filter(({ run }) =>
    /npm (?:ci|i|install)\b/.test(run ?? ""),
  );
  expect(installs.length).toBeGreaterThan(0);
  for (const { run } of installs) expect(run).toBe("npm ci --ignore-scripts");
});

test("C9: only the job that attests may ask for an identity", () => {
  const asking = Object.entries(release?.jobs ?? {}).filter(
    ([, { permissions }]) => permissions?.["id-token"] === "write",
  );
  expect(asking.map(([name]) => name)).toEqual(["attest"]);
  const attest = release?.jobs["attest"]?.steps ?? [];
  expect(attest.some(({ uses }) => uses?.startsWith("actions/checkout"))).toBe(false);
});

test("C10: two releases wait for each other, and none is cancelled in the middle", () => {
  expect(release?.concurrency).toEqual({ group: "release-weights", "cancel-in-progress": false });
});

test("C11: every job after the one that made the manifest compares its digest first", () => {
  for (const name of ["staging", "publish", "deploy"]) {
    const own = release?.jobs[name]?.steps ?? [];
    const runs = own.flatMap(({ run }) => run ?? []);
    expect(runs[1]).toBe('npx nx run pin-digest --expect "$MANIFEST"');
  }
});

test("C12: nothing is published before the smoke test of the released digest", () => {
  const jobs = (release?.jobs ?? {}) as Readonly<
    Record<string, { readonly needs?: readonly string[] }>
  >;
  expect(jobs["publish"]?.needs).toContain("staging");
  const staging = release?.jobs["staging"]?.steps.flatMap(({ run }) => run ?? []) ?? [];
  expect(staging.at(-1)).toMatch(/^npx nx run smoke-test --serve /);
});

test.each(all)("%s: every step is one call, and no job runs for ever", (_, workflow) => {
  for (const { run } of steps(workflow)) {
    if (run === undefined) continue;
    expect(run.trim()).not.toMatch(/\n|&&|\||;|(?:^| )(?:if|for|while) /);
  }
  for (const job of Object.values(workflow.jobs)) {
    expect(job["timeout-minutes"]).toBeGreaterThan(0);
  }
});
