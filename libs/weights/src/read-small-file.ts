import { open } from "node:fs/promises";
import { manifestLimits } from "@plimsoll/manifest";
import { WeightsError } from "./error.ts";
import { codeOf } from "./problem.ts";

const MAX_BYTES = manifestLimits.maxBytes;

/** Undefined where there is no such file. `E_LIMIT` beyond 4 MiB: neither a manifest nor what describes a model is larger. */
export async function readSmallFile(path: string): Promise<Buffer | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      if (size > MAX_BYTES) {
        throw new WeightsError("E_LIMIT", `${path}: ${size} bytes, at most ${MAX_BYTES} are read`);
      }
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) === "E_NOT_FOUND") return undefined;
    throw error;
  }
}
