import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, jest, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { type ListeningApp, listeningApp } from "../fakes/listening-app.ts";

// Servers start and stop here, with other test files beside them on few processors.
jest.setTimeout(30_000);

let app: ListeningApp | undefined;
let dir: TempDir | undefined;
afterEach(async () => {
  await app?.close();
  await dir?.remove();
});

test("GET / is JSON for a program, and the dashboard for a browser where it was built", async () => {
  dir = await tempDir();
  const dashboardDir = join(dir.path, "dist");
  await mkdir(join(dashboardDir, "assets"), { recursive: true });
  await writeFile(join(dashboardDir, "index.html"), "<!doctype html><title>Plimsoll</title>");
  await writeFile(join(dashboardDir, "assets", "app-1a2b.js"), "export {};");
  await writeFile(join(dir.path, "secret.txt"), "secret");
  app = await listeningApp({ config: { dashboardDir } });
  const { ask } = app;
  expect(await (await ask("/")).json()).toMatchObject({ version: "1.2.3", status: "running" });
  const page = await ask("/", { headers: { accept: "text/html,*/*" } });
  expect(await page.text()).toContain("<title>Plimsoll</title>");
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
  expect(page.headers.get("vary")).toBe("accept");
  const script = await ask("/assets/app-1a2b.js");
  expect(script.headers.get("content-type")).toMatch(/javascript/);
  expect(script.headers.get("cache-control")).toContain("immutable");
  expect(page.headers.get("cache-control")).toBe("no-cache");
  for (const path of [
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/assets/..%2f..%2fsecret.txt",
  ]) {
    expect([path, await app.askRaw(path)]).toEqual([path, 404]);
  }
});

test("without a built dashboard a browser gets JSON too", async () => {
  app = await listeningApp({ config: { dashboardDir: "/nowhere" } });
  const answer = await app.ask("/", { headers: { accept: "text/html" } });
  expect(await answer.json()).toMatchObject({ endpoints: { metrics: "GET /metrics" } });
});
