import { InferenceError, type InferenceErrorCode } from "../error.ts";
import type { ModelFiles } from "../model-files.ts";
import type { ModelProcess } from "./model-process.ts";

/** Codes of an end that was wanted. */
const wanted: ReadonlySet<InferenceErrorCode> = new Set(["E_CLOSED", "E_SUPERSEDED", "E_ABORTED"]);

/** Whether a version ended because it was told to. */
export const isWanted = ({ code }: InferenceError): boolean => wanted.has(code);

/**
 * Why a version could not be loaded. A crash while loading is the model's fault (row O6), unless the system took the
 * process away.
 */
export async function loadError(
  cause: unknown,
  { model, version }: ModelFiles,
  child: ModelProcess | undefined,
): Promise<InferenceError> {
  const what = `${model} ${version}`;
  if (!(cause instanceof InferenceError)) {
    return new InferenceError("E_MODEL", `${what}: ${String(cause)}`, { cause });
  }
  const { code, message } = cause;
  if (isWanted(cause) || message.startsWith(what)) return cause;
  if (code !== "E_CRASH" || child === undefined) {
    return new InferenceError(code, `${what}: ${message}`, { cause });
  }
  const { signal } = await child.exited;
  return signal === "SIGKILL"
    ? new InferenceError(
        "E_MEMORY",
        `${what}: the system ended its process while it loaded, most likely for want of memory: raise the memory limit`,
        { cause, retryAfterSeconds: 5 },
      )
    : new InferenceError(
        "E_MODEL",
        `${what}: ${child.crash().message} while it loaded: export the model again`,
        {
          cause,
        },
      );
}
