import { printable } from "@plimsoll/manifest";
import { type Problem, WeightsError, type WeightsErrorCode } from "./error.ts";

/** What the operating system says, in the words of this project. */
const systemCodes: Readonly<Record<string, WeightsErrorCode>> = {
  ENOENT: "E_NOT_FOUND",
  ENOTDIR: "E_NOT_FOUND",
  EACCES: "E_AUTH",
  EPERM: "E_AUTH",
};

/**
 * The stable code of whatever was thrown: its own `E_…` code, else one for what the operating system said; undefined
 * for what is a bug and must stay one.
 */
export function codeOf(error: unknown): string | undefined {
  // By its fields, not by its class: an error may come from another realm.
  if (typeof error !== "object" || error === null) return undefined;
  const { name, code, syscall } = error as Partial<NodeJS.ErrnoException>;
  if (name === "AbortError") return "E_CANCELLED";
  if (typeof code !== "string") return undefined;
  if (code.startsWith("E_")) return code;
  return syscall === undefined ? undefined : (systemCodes[code] ?? "E_DISK");
}

/** What the operating system says as an error of this room; everything else as it is. */
export function asOwn(error: unknown): unknown {
  const code = codeOf(error);
  const { code: raw = "", message = "" } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  if (code === undefined || raw.startsWith("E_") || code === "E_CANCELLED") return error;
  return new WeightsError(code as WeightsErrorCode, printable(message, 2000), { cause: error });
}

/** An error as one line of a report about `name`. A bug is thrown on. */
export function problemOf(name: string, error: unknown): Problem {
  const code = codeOf(error);
  if (code === undefined) throw error;
  return { name, code, message: printable((error as Error).message, 2000) };
}

/**
 * One error for all that went wrong: the only one as it was thrown, else one with the code of the first, whose message
 * has a line for each.
 */
export function combine(
  heading: string,
  failures: readonly { readonly problem: Problem; readonly error: unknown }[],
): unknown {
  const [first] = failures;
  if (first === undefined || failures.length === 1) return first?.error;
  const problems = failures.map(({ problem }) => problem);
  const lines = problems.map(({ name, code, message }) =>
    message.includes(name) ? `${code} ${message}` : `${code} ${name}: ${message}`,
  );
  return new WeightsError(
    first.problem.code as WeightsErrorCode,
    `${heading}\n  ${lines.join("\n  ")}`,
    { cause: first.error, problems },
  );
}
