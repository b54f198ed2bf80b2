import { isModelName, printable } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { CliError } from "./error.ts";

/** The model that `--model` names, else the only one that has samples. */
export async function sampledModel(store: Driver, given: string | undefined): Promise<string> {
  if (given !== undefined) {
    if (isModelName(given)) return given;
    throw new CliError("E_USAGE", `--model: "${printable(given, 80)}" is no model name`);
  }
  const { listTrained } = await import("@plimsoll/pipeline");
  const models = await listTrained(store);
  const [only] = models;
  if (only !== undefined && models.length === 1) return only;
  const known = models.length > 0 ? `one of ${models.join(", ")}` : "none has samples yet";
  throw new CliError("E_USAGE", `which model? Give --model: ${known}`);
}
