import { isAbsolute } from "node:path";
import { InferenceError } from "../error.ts";
import { mainFiles } from "../main-file.ts";
import type { ModelFile, ModelFiles } from "../model-files.ts";
import { ended } from "../runner/ended.ts";
import { ModelProcess } from "../runner/model-process.ts";
import { inferenceDefaults, type ProcessSettings } from "../settings.ts";

/** Settings of `externalize`. */
export interface ExternalizeOptions {
  /** Bytes from which a tensor gets a file of its own. Default 256 KiB. */
  readonly minBytes?: number;
  /** Milliseconds for one file. Default 120,000. */
  readonly timeoutMs?: number;
  readonly process?: Partial<ProcessSettings>;
}

/**
 * The same version with its weights in files beside the model, in `dir`: they are mapped when it is loaded instead of
 * being read and copied, and versions that share weights (a backbone under a new head) share their memory. A version that
 * has such files already, or is small, stays as it is. The work is done in a process of its own, and what was converted
 * before is found again only by its content: call it once after a version was fetched.
 *
 * Files in `dir` are named by content and never changed; unlink what no version needs. Answers still name the digest of
 * the original.
 *
 * @throws InferenceError `E_MODEL`, `E_DIGEST`, `E_TIMEOUT`, `E_USAGE`.
 */
export async function externalize(
  files: ModelFiles,
  dir: string,
  options: ExternalizeOptions = {},
): Promise<ModelFiles> {
  const { minBytes = 262_144, timeoutMs = inferenceDefaults.loadTimeoutMs } = options;
  if (!isAbsolute(dir)) throw new InferenceError("E_USAGE", `${dir}: an absolute path expected`);
  const mains = mainFiles(files);
  const [main] = mains;
  const others = files.files.filter((file) => file !== main);
  const beside = others.some(({ name }) => /\.(bin|data|weights)$/i.test(name));
  if (main === undefined || mains.length > 1 || beside || main.size < minBytes) return files;
  const child = new ModelProcess({ ...inferenceDefaults.process, ...options.process });
  let converted: readonly ModelFile[];
  try {
    converted = await child.externalize({ type: "externalize", main, dir, minBytes }, timeoutMs);
  } finally {
    await child.kill(ended());
  }
  const [light] = converted;
  if (light === undefined || converted.length === 1) return files;
  return {
    ...files,
    main: light.name,
    digest: files.digest ?? main.sha256,
    files: [...converted, ...others],
  };
}
