import { expect, test } from "@jest/globals";
import { toFailure } from "./failure.ts";

function coded(code: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { code, ...more });
}

test("a room's error keeps its code and gets its exit", () => {
  expect(toFailure(coded("E_DIGEST", "a.onnx: 1 expected, got 2"))).toEqual({
    code: "E_DIGEST",
    message: "a.onnx: 1 expected, got 2",
    exit: 5,
  });
});

test("M22: a message is one line, whatever a server put into it", () => {
  const { message } = toFailure(coded("E_NETWORK", "bad\n\u001b[31mred\u202e"));
  expect(message).toBe("bad \\u001b[31mred\\u202e");
});

test("several problems are told one by one, each with its name", () => {
  const problems = [
    { name: "a.pt", code: "E_DIGEST", message: "a.pt: other bytes" },
    { name: "b.pt", code: "E_NOT_FOUND", message: "404" },
  ];
  expect(toFailure(coded("E_DIGEST", "2 files failed", { problems }))).toMatchObject({
    exit: 5,
    problems: [
      { code: "E_DIGEST", message: "a.pt: other bytes" },
      { code: "E_NOT_FOUND", message: "b.pt: 404" },
    ],
  });
});

test("D2: what the operating system refuses is no bug", () => {
  expect(toFailure(coded("ENOSPC", "ENOSPC: no space left, write")).exit).toBe(7);
  expect(toFailure(coded("EROFS", "EROFS: read-only")).exit).toBe(7);
  expect(toFailure(coded("EACCES", "EACCES: permission denied")).exit).toBe(4);
  expect(toFailure(coded("ENOENT", "ENOENT: no such file")).exit).toBe(3);
});

test("everything else is a bug, with its stack", () => {
  const failure = toFailure(new TypeError("x is undefined"));
  expect(failure).toMatchObject({ code: "E_BUG", exit: 1 });
  expect(failure.stack).toMatch(/failure\.test/);
  expect(toFailure("text")).toEqual({ code: "E_BUG", message: "thrown: text", exit: 1 });
  expect(toFailure(coded("ERR_INVALID_ARG_TYPE", "x")).code).toBe("E_BUG");
});

test("E_LIMIT of a manifest's caps is integrity, also when another room passes it on", () => {
  const cause = coded("E_LIMIT", "10,001 files", { name: "ManifestError" });
  expect(toFailure(cause).exit).toBe(5);
  expect(toFailure(Object.assign(coded("E_LIMIT", "10,001 files"), { cause })).exit).toBe(5);
  expect(toFailure(coded("E_LIMIT", "no space")).exit).toBe(7);
});

test("after Ctrl-C the reason is Ctrl-C, whatever broke on the way", () => {
  const controller = new AbortController();
  controller.abort("SIGINT");
  expect(toFailure(new Error("socket closed"), controller.signal)).toMatchObject({
    code: "E_CANCELLED",
    exit: 130,
  });
  const terminated = new AbortController();
  terminated.abort("SIGTERM");
  expect(toFailure(new Error("socket closed"), terminated.signal).exit).toBe(143);
});

test("a package that is not installed is named, with the way to it", () => {
  expect(
    toFailure(coded("ERR_MODULE_NOT_FOUND", "Cannot find package 'bullmq' imported from x")),
  ).toEqual({
    code: "E_USAGE",
    message: "this needs the package bullmq, which is not installed: npm install bullmq",
    exit: 2,
  });
  const own = coded("ERR_MODULE_NOT_FOUND", "Cannot find module '/a/b.js' imported from x");
  expect(toFailure(own).code).toBe("E_BUG");
});
