import { printable } from "@plimsoll/manifest";
import { InferenceError } from "../error.ts";
import { isWanted } from "../runner/load-error.ts";
import type { Runner } from "../runner/runner.ts";
import { compareOutputs } from "./compare-outputs.ts";
import { goldenFromJson } from "./golden-json.ts";

/**
 * Asks a candidate its golden inputs, without the configuration of the model, so that a threshold does not decide.
 *
 * @throws InferenceError `E_GOLDEN` with the first answer that is not the recorded one.
 */
export async function checkGolden(runner: Runner): Promise<void> {
  const json = runner.files.metadata?.golden;
  if (json === undefined) return;
  const { cases, tolerance } = goldenFromJson(json);
  const { model, version } = runner.files;
  for (const [index, { input, output }] of cases.entries()) {
    let difference: string | undefined;
    try {
      const answer = await runner.predict({ input, plain: true, bound: true });
      difference = compareOutputs(output, answer.output, tolerance);
    } catch (cause) {
      if (!(cause instanceof InferenceError)) throw cause;
      // Not the model's answer, but that there was none in time or none any more.
      if (cause.code === "E_TIMEOUT" || isWanted(cause)) throw cause;
      difference = `no answer (${cause.code}: ${cause.message})`;
    }
    if (difference === undefined) continue;
    throw new InferenceError(
      "E_GOLDEN",
      `${printable(model)} ${printable(version)}: golden case ${index}: ${printable(difference)}: publish the right weights, or record the cases again`,
    );
  }
}
