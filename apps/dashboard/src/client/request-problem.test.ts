import { expect, test } from "@jest/globals";
import { RequestProblem } from "./request-problem.ts";

const answered = (status: number, statusText: string, body: string): Promise<RequestProblem> =>
  RequestProblem.from(new Response(body, { status, statusText }));

test("a title that only repeats the status gives way to the detail", async () => {
  const body = { title: "Conflict", code: "E_CONFLICT", detail: "production names v1.2.0 now" };
  const problem = await answered(409, "Conflict", JSON.stringify(body));
  expect([problem.status, problem.code, problem.message, problem.detail]).toEqual([
    409,
    "E_CONFLICT",
    "production names v1.2.0 now",
    undefined,
  ]);
});

test("a title of its own stays before the detail; an answer in other words keeps its status", async () => {
  const body = { title: "no such model", code: "E_NOT_FOUND", detail: "there are digits" };
  expect(await answered(404, "Not Found", JSON.stringify(body))).toMatchObject({
    message: "no such model",
    detail: "there are digits",
  });
  expect(await answered(502, "Bad Gateway", "<html>")).toMatchObject({
    code: "E_HTTP_502",
    message: "The server answered 502",
  });
});
