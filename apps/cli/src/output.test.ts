import { expect, test } from "@jest/globals";
import { fakeIo } from "./fake-io.ts";
import { Output } from "./output.ts";

const failure = { code: "E_DIGEST", message: "a.pt: other bytes", exit: 5 };

test("for a person: results on stdout, everything else on stderr", () => {
  const io = fakeIo({ cwd: "/" });
  const output = new Output(io, { json: false, logLevel: "info" });
  output.line("result");
  output.event({ type: "result" });
  output.log("info", "step");
  output.log("debug", "detail");
  output.warn("careful");
  output.settle("a", "a: fetched");
  output.fail(failure);
  expect(io.out()).toBe("result\n");
  expect(io.err()).toBe(
    "step\nplimsoll: warning: careful\na: fetched\nplimsoll: E_DIGEST a.pt: other bytes\n",
  );
});

test("for a program: events on stdout, nothing on stderr but the log that was asked for", () => {
  const io = fakeIo({ cwd: "/", isTTY: true });
  const output = new Output(io, { json: true, logLevel: "info" });
  output.startBars();
  output.line("result");
  output.warn("careful");
  output.settle("a", "a: fetched");
  output.fail({ ...failure, problems: [failure, failure] });
  expect(io.err()).toBe("");
  expect(io.events()).toEqual([
    { type: "warning", message: "careful" },
    { type: "error", ...failure, problems: [failure, failure] },
  ]);
});

test("several problems are a line each", () => {
  const io = fakeIo({ cwd: "/" });
  const problems = [failure, { code: "E_NOT_FOUND", message: "b.pt: 404" }];
  new Output(io, { json: false, logLevel: "info" }).fail({ ...failure, problems });
  expect(io.err()).toBe("plimsoll: E_DIGEST a.pt: other bytes\nplimsoll: E_NOT_FOUND b.pt: 404\n");
});

test("a log level keeps quiet what is below it, never the error", () => {
  const io = fakeIo({ cwd: "/" });
  const output = new Output(io, { json: false, logLevel: "silent" });
  output.log("error", "x");
  output.warn("x");
  output.fail(failure);
  expect(io.err()).toBe("plimsoll: E_DIGEST a.pt: other bytes\n");
});

test("bars only on a terminal that can draw them, and gone at the end", () => {
  const draw = (facts: { isTTY?: boolean; env?: Record<string, string> }): string => {
    const io = fakeIo({ cwd: "/", ...facts });
    const output = new Output(io, { json: false, logLevel: "info" });
    output.expect(1, 10);
    output.progress("a.pt", 5, 10);
    output.log("info", "a step");
    output.close();
    return io.err();
  };
  expect(draw({ isTTY: true })).toMatch(/a\.pt.*50%/);
  expect(draw({ isTTY: true })).toMatch(/\u2588/);
  expect(draw({ isTTY: true, env: { NO_COLOR: "1" } })).not.toContain("\u001b[2m");
  expect(draw({ isTTY: true, env: { TERM: "dumb" } })).toBe("a step\n");
  expect(draw({ isTTY: false })).toBe("a step\n");
});
