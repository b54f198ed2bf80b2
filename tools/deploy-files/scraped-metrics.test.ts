import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { readText, root } from "./project-files.ts";

/** What `/metrics` of the built server, started as a user starts it, says there is: names by their kind. */
async function scrape(cwd: string): Promise<ReadonlyMap<string, string>> {
  const child = spawn(process.execPath, [join(root, "apps/server/bin/plimsoll-server.js")], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "info" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = "";
      const hear = (bytes: Buffer): void => {
        said += bytes.toString();
        const [found] = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.once("exit", () => reject(new Error(said)));
    });
    const text = await (await fetch(`${url}/metrics`)).text();
    return new Map(
      [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = "", kind = ""]) => [name, kind]),
    );
  } finally {
    child.kill("SIGTERM");
  }
}

test("what the Grafana dashboard and the alerts ask for is what a running server exports", async () => {
  await using dir = await tempDir();
  await mkdir(dir.join("models"));
  const kinds = await scrape(dir.path);
  expect(kinds.size).toBeGreaterThan(25);
  const exported = new Set(
    [...kinds].flatMap(([name, kind]) =>
      kind === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => name + end) : [name],
    ),
  );
  for (const file of [
    "deploy/grafana/plimsoll.json",
    "deploy/prometheus/alerts.yml",
    "docs/operations.md",
    "docs/migration/models-in-s3.md",
  ]) {
    const named = new Set([...readText(file).matchAll(/\bplimsoll_\w+/g)].map(([name]) => name));
    // A page may name a histogram by its base.
    const missing = [...named].filter(
      (name) => !exported.has(name) && kinds.get(name) !== "histogram",
    );
    expect([file, missing]).toEqual([file, []]);
  }
}, 300_000);
