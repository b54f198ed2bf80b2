import type { Context } from "../context.ts";
import { ServerError } from "../error.ts";
import type { Training } from "../training.ts";

/** @throws ServerError 503 `E_CLOSED` where the server was started without a training pipeline. */
export function trainingOf({ training }: Context): Training {
  if (training !== undefined) return training;
  throw new ServerError("E_CLOSED", 503, "this server takes no samples and trains nothing");
}
