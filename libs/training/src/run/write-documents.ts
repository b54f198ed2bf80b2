import type { ModelMetadata } from "@plimsoll/manifest";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../dataset/problem.ts";
import type { GateResult } from "../evaluate/gate.ts";
import type { Metrics } from "../evaluate/metrics.ts";
import { modelCard } from "../evaluate/model-card.ts";
import { plotConfusion } from "../evaluate/plot-confusion.ts";
import { plotCurves } from "../evaluate/plot-curves.ts";
import type { EpochFigures } from "./trained-model.ts";

/** What is told about a version. */
export interface DocumentFacts {
  readonly model: string;
  readonly metadata: ModelMetadata;
  readonly metrics: Metrics;
  readonly previous?: { readonly version: string; readonly metrics: Metrics };
  readonly gate: GateResult;
  readonly curves: readonly EpochFigures[];
  readonly problems: readonly Problem[];
}

/** Writes metadata, metrics, card and plots to `outDir`; gives their paths. */
export async function writeDocuments(outDir: string, facts: DocumentFacts): Promise<string[]> {
  const { metadata, metrics, previous, gate, curves, problems } = facts;
  const plots = {
    "learning-curves.svg": "Learning curves",
    "confusion-matrix.svg": "Confusion matrix",
  };
  const training = Object.fromEntries(
    Object.entries({ ...(metadata["training"] as object), ...metadata.dataset })
      .filter(([, value]) => typeof value !== "object")
      .map(([key, value]): [string, string | number] => [key.replaceAll("_", " "), String(value)]),
  );
  const card = {
    metadata,
    metrics,
    gate,
    problems,
    plots,
    training,
    ...(previous ? { previous } : {}),
  };
  // It travels with every version, to clients that have the one before.
  const compactJson = (value: unknown): string => `${JSON.stringify(value)}\n`;
  const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  const documents: Readonly<Record<string, string>> = {
    "metadata.json": json(metadata),
    "metrics.json": compactJson({
      model: facts.model,
      metrics,
      ...(previous ? { previous } : {}),
      gate,
      curves,
      problems,
    }),
    "model-card.md": modelCard(facts.model, card),
    "learning-curves.svg": plotCurves(curves, facts.model),
    "confusion-matrix.svg": plotConfusion(metrics, facts.model),
  };
  for (const [name, text] of Object.entries(documents)) await writeFile(join(outDir, name), text);
  return Object.keys(documents).map((name) => join(outDir, name));
}
