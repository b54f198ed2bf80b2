import { collectBytes, type JsonObject, parseJson } from "@plimsoll/manifest";
import { bytesSource, type Driver } from "@plimsoll/storage";
import { datasetKeys } from "../samples/dataset-keys.ts";
import { codeOf } from "../samples/read-json.ts";
import type { ChosenSample } from "./choose-samples.ts";

const key = (model: string, run: string): string =>
  `${datasetKeys.runs(model)}${run}.samples.ndjson`;

/** Writes which originals a run learns from, one a line: the run can be repeated, and the next one knows what is new. */
export async function writeSampleList(
  store: Driver,
  model: string,
  run: string,
  samples: readonly ChosenSample[],
): Promise<void> {
  const text = samples.map((sample) => `${JSON.stringify(sample)}\n`).join("");
  const name = key(model, run);
  await store.write(name, bytesSource(Buffer.from(text), name), {
    contentType: "application/x-ndjson",
  });
}

/** Reads it back; undefined where the run has none. */
export async function readSampleList(
  store: Driver,
  model: string,
  run: string,
): Promise<ChosenSample[] | undefined> {
  const name = key(model, run);
  try {
    const { body } = await store.read(name);
    const bytes = await collectBytes(body, { maxBytes: 256 * 1024 * 1024, source: name });
    const lines = Buffer.from(bytes).toString("utf8").split("\n");
    return lines
      .filter((line) => line !== "")
      .map((line) => parseJson(Buffer.from(line)) as JsonObject as unknown as ChosenSample);
  } catch (error) {
    if (codeOf(error) === "E_NOT_FOUND") return undefined;
    throw error;
  }
}
