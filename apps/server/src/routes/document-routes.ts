import type { FastifyInstance } from "fastify";
import type { Context } from "../context.ts";

/** `GET /openapi.json` and the page made of it. Made when first asked: the schemas cost memory. */
export function documentRoutes(app: FastifyInstance, { config }: Context): void {
  let made: Promise<{ readonly json: string; readonly page: string }> | undefined;
  const document = () =>
    (made ??= (async () => {
      const { openApi } = await import("../openapi/openapi.ts");
      const { documentPage } = await import("../openapi/document-page.ts");
      const value = openApi(config.version);
      return { json: JSON.stringify(value), page: documentPage(value) };
    })());
  app.get("/openapi.json", async (_request, reply) =>
    reply.type("application/json; charset=utf-8").send((await document()).json),
  );
  app.get("/docs", async (_request, reply) => {
    void reply.header(
      "content-security-policy",
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    );
    return reply.type("text/html; charset=utf-8").send((await document()).page);
  });
}
