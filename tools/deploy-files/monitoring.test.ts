import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { at, items, readOne, readText, root } from "./project-files.ts";

/** Names of the server's metrics, out of where they are made. */
const made = new Map(
  [
    ...readText("apps/server/src/metrics/metrics.ts").matchAll(
      /\b(counter|gauge|histogram)\("(\w+)"/g,
    ),
  ].map(([, kind = "", name = ""]) => [`plimsoll_${name}`, kind] as const),
);
const known = new Set(
  [...made].flatMap(([name, kind]) =>
    kind === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => name + end) : [name],
  ),
);
const named = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/\bplimsoll_\w+/g)].map(([name]) => name)),
];

test("the server makes metrics", () => {
  expect(made.size).toBeGreaterThan(25);
  expect(known).toContain("plimsoll_request_duration_seconds_bucket");
});

test.each(["deploy/grafana/plimsoll.json", "deploy/prometheus/alerts.yml"])(
  "every metric that %s names is one of the server's",
  (file) => {
    const names = named(readText(file));
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) expect(known).toContain(name);
  },
);

test("the dashboard shows every metric of the server", () => {
  const shown = new Set(named(readText("deploy/grafana/plimsoll.json")));
  for (const [name, kind] of made) {
    const names = kind === "histogram" ? [`${name}_bucket`, `${name}_count`] : [name];
    expect([name, names.some((each) => shown.has(each))]).toEqual([name, true]);
  }
});

test("panels have ids of their own, places that do not overlap, and a source to choose", () => {
  const panels = items(readOne("deploy/grafana/plimsoll.json")["panels"]);
  const ids = panels.map((panel) => at(panel, "id"));
  expect(new Set(ids).size).toBe(ids.length);
  const taken = new Set<string>();
  for (const panel of panels) {
    const [x, y, w, h] = ["x", "y", "w", "h"].map((key) => Number(at(panel, "gridPos", key)));
    for (let column = x ?? 0; column < (x ?? 0) + (w ?? 0); column += 1) {
      for (let line = y ?? 0; line < (y ?? 0) + (h ?? 0); line += 1) {
        expect(taken.has(`${column},${line}`)).toBe(false);
        taken.add(`${column},${line}`);
      }
    }
    for (const target of items(at(panel, "targets"))) {
      expect(at(target, "datasource", "uid")).toBe("${datasource}");
    }
  }
});

test("every alert has a severity and a chapter of the runbook", () => {
  const headings = [...readText("docs/operations.md").matchAll(/^## (.+)$/gm)].map(
    ([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, "")
        .replaceAll(" ", "-"),
  );
  const rules = items(readOne("deploy/prometheus/alerts.yml")["groups"]).flatMap((group) =>
    items(at(group, "rules")),
  );
  const alerts = rules.filter((rule) => at(rule, "alert") !== undefined);
  expect(alerts.length).toBeGreaterThan(8);
  for (const alert of alerts) {
    expect(at(alert, "labels", "severity")).toMatch(/^(?:page|ticket)$/);
    const [page, chapter = ""] = String(at(alert, "annotations", "runbook")).split("#");
    expect(page).toBe("docs/operations.md");
    expect(headings).toContain(chapter);
  }
});

test.each([
  ["check", "rules", "deploy/prometheus/alerts.yml"],
  ["test", "rules", "deploy/prometheus/alerts.test.yml"],
])("promtool %s %s %s", (...args) => {
  const run = spawnSync("promtool", args, { cwd: join(root), encoding: "utf8" });
  if (run.error !== undefined) {
    console.info("skipped: no promtool");
    return;
  }
  expect([run.status, run.stdout + run.stderr]).toEqual([0, expect.stringContaining("SUCCESS")]);
});
