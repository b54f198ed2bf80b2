import { type ModelMetadata, printable } from "@plimsoll/manifest";
import type { Problem } from "../dataset/problem.ts";
import type { GateResult } from "./gate.ts";
import type { Metrics } from "./metrics.ts";

/** What a card tells. */
export interface CardFacts {
  readonly metadata: ModelMetadata;
  readonly metrics: Metrics;
  readonly previous?: { readonly version: string; readonly metrics: Metrics };
  readonly gate: GateResult;
  /** Lines of "what: value" about the training. */
  readonly training: Readonly<Record<string, string | number>>;
  readonly problems: readonly Problem[];
  /** File names of plots beside the card, with what they show. */
  readonly plots: Readonly<Record<string, string>>;
}

/** At most this many problems are listed one by one. */
const listed = 20;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** A model card in Markdown: what it is, how well it answers, what it was trained on. */
export function modelCard(name: string, facts: CardFacts): string {
  const { metrics, previous, gate, metadata } = facts;
  const rows = metrics.classes.map(
    (each) =>
      `| ${plain(each.class)} | ${percent(each.precision)} | ${percent(each.recall)} | ${percent(each.f1)} | ${each.support} |`,
  );
  const before = (pick: (metrics: Metrics) => number): string =>
    previous ? ` ${pick(previous.metrics).toFixed(3)} |` : "";
  const figure = (what: string, pick: (metrics: Metrics) => number): string =>
    `| ${what} | ${pick(metrics).toFixed(3)} |${before(pick)}`;
  return [
    `# ${plain(name)}`,
    "",
    `Task: ${metadata.task ?? "unknown"}. Classes: ${(metadata.classes ?? []).map(plain).join(", ")}.`,
    "",
    "## How well it answers",
    "",
    `On ${metrics.samples} held-out originals, asked through the serving pipeline.`,
    "",
    `| figure | this version |${previous ? ` ${plain(previous.version)} |` : ""}`,
    `| --- | --- |${previous ? " --- |" : ""}`,
    figure("accuracy", ({ accuracy }) => accuracy),
    figure("macro-F1", ({ macroF1 }) => macroF1),
    figure("recall of the worst class", ({ worstRecall }) => worstRecall),
    figure("expected calibration error", ({ calibrationError }) => calibrationError),
    figure("log loss, nats", ({ logLoss }) => logLoss),
    "",
    "| class | precision | recall | F1 | samples |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
    ...Object.entries(facts.plots).map(([file, what]) => `![${what}](${file})`),
    "",
    gate.passed ? "Gate: passed." : `Gate: not passed. ${gate.reasons.join(" ")}`,
    "",
    "## How it was made",
    "",
    ...Object.entries(facts.training).map(([what, value]) => `- ${what}: ${plain(String(value))}`),
    "",
    ...problemLines(facts.problems),
  ].join("\n");
}

function problemLines(problems: readonly Problem[]): string[] {
  if (problems.length === 0) return [];
  const lines = problems
    .slice(0, listed)
    .map(({ code, message }) => `- \`${code}\` ${plain(message)}`);
  const more = problems.length - lines.length;
  return [
    "## Left out",
    "",
    ...lines,
    ...(more > 0 ? [`- and ${more} more, see \`metrics.json\``] : []),
    "",
  ];
}

/** Markup and line breaks of names that came from outside mean nothing here. */
const plain = (text: string): string => printable(text).replaceAll(/[\\`*_[\]<>|#]/g, "\\$&");
