import { afterEach, expect, jest, test } from "@jest/globals";
import { routes } from "@plimsoll/api";
import { buildApp } from "../app.ts";
import { fakeModels } from "../fakes/fake-models.ts";
import { fakeServing } from "../fakes/fake-serving.ts";
import { adminToken, type ListeningApp, listeningApp } from "../fakes/listening-app.ts";
import { openApi } from "./openapi.ts";

// Servers start and stop here, with other test files beside them on few processors.
jest.setTimeout(30_000);

let app: ListeningApp | undefined;
afterEach(async () => app?.close());

test("what is registered is what is documented, no more and no less", async () => {
  const models = fakeModels();
  const built = await buildApp({
    models,
    serving: fakeServing(models),
    config: { version: "1", adminToken },
  });
  const documented = routes.map(({ method, path }) => `${method} ${path}`).sort();
  const undocumented = documented.filter((each) => {
    const [method = "", path = ""] = each.split(" ");
    return !built.hasRoute({ method: method as "GET", url: path.replace(/\{(\w+)\}/g, ":$1") });
  });
  expect(undocumented).toEqual([]);
  const registered = built.printRoutes({ commonPrefix: false });
  const count = [...registered.matchAll(/\((GET, HEAD|GET|POST|PUT)\)/g)].length;
  expect(count).toBe(documented.length);
  await built.close();
});

test("the document is OpenAPI 3.1, the same each time, with every reference found", () => {
  const document = openApi("1.2.3");
  expect(document.openapi).toBe("3.1.0");
  expect(JSON.stringify(openApi("1.2.3"))).toBe(JSON.stringify(document));
  const text = JSON.stringify(document);
  const references = new Set(
    [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, n]) => n),
  );
  expect([...references].sort()).toEqual(["Problem", "ProtocolError"]);
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(routes.length);
  const admin = document.paths["/api/v1/admin/reload-models"]?.["post"];
  expect(admin?.security).toEqual([{ adminToken: [] }]);
  expect(Object.keys(admin?.responses ?? {})).toEqual(
    expect.arrayContaining(["200", "401", "403", "404", "429"]),
  );
});

test("GET /openapi.json and a page without scripts", async () => {
  app = await listeningApp();
  const document = (await (await app.ask("/openapi.json")).json()) as { info: { version: string } };
  expect(document.info.version).toBe("1.2.3");
  const page = await app.ask("/docs");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  const text = await page.text();
  expect(text).toContain("/api/v1/admin/reload-models");
  expect(text).not.toMatch(/<script|src=|https?:\/\/(?!127)/);
}, 180_000);
