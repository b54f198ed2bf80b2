import type { FastifyInstance } from "fastify";
import { ServerError } from "../error.ts";

/**
 * JSON bodies as `curl -d` sends them: labelled as a form where no header was given. Only for routes that want a token in
 * a header, which no form of a foreign page can send. An empty body is an empty object.
 */
export function jsonOfAnyClient(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser("error", "error");
  scope.removeContentTypeParser(["application/json", "text/plain"]);
  scope.addContentTypeParser<string>(
    ["application/json", "application/x-www-form-urlencoded"],
    { parseAs: "string" },
    (request, body, done) => {
      const text = body.trim();
      if (text === "") return done(null, {});
      if (!text.startsWith("{")) {
        const isJson = request.headers["content-type"]?.startsWith("application/json");
        return done(
          isJson
            ? new ServerError("E_USAGE", 400, "a JSON object is wanted")
            : new ServerError("E_MEDIA", 415, "send application/json"),
        );
      }
      return parse(request, text, done);
    },
  );
}
