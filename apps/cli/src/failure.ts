import { types } from "node:util";
import { exitCode } from "./exit-code.ts";
import { oneLine } from "./text/one-line.ts";

/** An error as a person or a script is told about it. */
export interface Failure {
  readonly code: string;
  /** One line. */
  readonly message: string;
  readonly exit: number;
  /** Where several things went wrong: each of them. */
  readonly problems?: readonly { readonly code: string; readonly message: string }[];
  /** Only of a bug. */
  readonly stack?: string;
}

/** Errors of another realm count too, such as those that a test runner's sandbox gets from Node. */
const isError = (value: unknown): value is Error =>
  value instanceof Error || types.isNativeError(value);

const codePattern = /^E_[A-Z_]+$/;
/** What the operating system says when a disk, not the program, is at fault. */
const diskCodes = new Set(["ENOSPC", "EDQUOT", "EROFS", "EIO", "EFBIG", "EMFILE", "ENFILE"]);

/** What an error of a room lists as its single causes, `problems` of `WeightsError`. */
function problemsOf(error: object): Failure["problems"] {
  const problems = "problems" in error && Array.isArray(error.problems) ? error.problems : [];
  if (problems.length < 2) return undefined;
  return problems.map((problem: { name: string; code: string; message: string }) => {
    const { name, code, message } = problem;
    return { code, message: oneLine(message.includes(name) ? message : `${name}: ${message}`) };
  });
}

/** A package that only some commands and stores need, and that is not installed; a file of our own is a bug. */
function ofMissingPackage(error: Error): Failure | undefined {
  const [, name] = /^Cannot find package '([^']+)'/.exec(error.message) ?? [];
  if (name === undefined) return undefined;
  const message = `this needs the package ${name}, which is not installed: npm install ${name}`;
  return { code: "E_USAGE", message, exit: exitCode("E_USAGE") };
}

function ofSystem(error: Error & { code?: unknown; path?: unknown }): Failure | undefined {
  if (typeof error.code !== "string") return undefined;
  if (error.code === "ERR_MODULE_NOT_FOUND") return ofMissingPackage(error);
  const message = oneLine(error.message);
  if (diskCodes.has(error.code)) return { code: "E_DISK", message, exit: exitCode("E_DISK") };
  if (error.code === "EACCES" || error.code === "EPERM") {
    return { code: "E_AUTH", message, exit: exitCode("E_AUTH") };
  }
  if (error.code === "ENOENT" || error.code === "ENOTDIR") {
    return { code: "E_NOT_FOUND", message, exit: exitCode("E_NOT_FOUND") };
  }
  return undefined;
}

/**
 * Turns whatever was thrown into a code, one line and an exit code. Errors of the rooms keep theirs; what the operating
 * system refused is named as such; everything else is a bug of ours. Once `signal` is aborted, the reason is Ctrl-C.
 */
export function toFailure(error: unknown, signal?: AbortSignal): Failure {
  if (signal?.aborted) {
    return {
      code: "E_CANCELLED",
      message: "cancelled: what arrived so far is kept, the same command goes on from there",
      exit: signal.reason === "SIGTERM" ? 143 : exitCode("E_CANCELLED"),
    };
  }
  if (isError(error)) {
    const { code, name } = error as Error & { code?: unknown };
    if (typeof code === "string" && codePattern.test(code)) {
      const problems = problemsOf(error);
      const room = isError(error.cause) ? error.cause.name : name;
      const failure = { code, message: oneLine(error.message), exit: exitCode(code, room) };
      return problems ? { ...failure, problems } : failure;
    }
    const system = ofSystem(error);
    if (system) return system;
    return {
      code: "E_BUG",
      message: `${oneLine(error.message) || error.name} (a bug: run again with --log-level debug and report what it prints)`,
      exit: exitCode("E_BUG"),
      ...(error.stack === undefined ? {} : { stack: error.stack }),
    };
  }
  return { code: "E_BUG", message: `thrown: ${oneLine(String(error))}`, exit: exitCode("E_BUG") };
}
