import { TrainingError } from "../error.ts";

/** How one class was answered. Shares from 0 to 1. */
export interface ClassMetrics {
  readonly class: string;
  /** Of what was answered as this class, how much was right; 0 where nothing was. */
  readonly precision: number;
  /** Of what is this class, how much was found. */
  readonly recall: number;
  readonly f1: number;
  /** Samples of this class. */
  readonly support: number;
}

/** Answers of one range of confidence. */
export interface ReliabilityBin {
  /** Confidence from here… */
  readonly from: number;
  /** …to below here (the last bin includes 1). */
  readonly to: number;
  readonly count: number;
  readonly meanConfidence: number;
  readonly accuracy: number;
}

/** How well a model answered labelled samples. Shares from 0 to 1. */
export interface Metrics {
  readonly samples: number;
  readonly accuracy: number;
  /** Mean of the classes' F1, over the classes that have samples. */
  readonly macroF1: number;
  /** Lowest recall of a class that has samples. */
  readonly worstRecall: number;
  readonly classes: readonly ClassMetrics[];
  /** Rows: true class; columns: answered class. */
  readonly confusion: readonly (readonly number[])[];
  /** Expected calibration error: mean gap of confidence and accuracy over ten bins, weighed by their size. */
  readonly calibrationError: number;
  readonly reliability: readonly ReliabilityBin[];
  /** Mean cross-entropy in nats. */
  readonly logLoss: number;
}

/** One answer beside the truth, by class number. */
export interface Answer {
  readonly label: number;
  /** One per class, sum 1. */
  readonly probabilities: readonly number[];
}

const bins = 10;

/**
 * Metrics of answers over `classes`.
 *
 * @throws TrainingError `E_USAGE` without answers, or where one has another number of probabilities than there are classes.
 */
export function computeMetrics(answers: readonly Answer[], classes: readonly string[]): Metrics {
  if (answers.length === 0) throw new TrainingError("E_USAGE", "no answers to measure");
  const confusion = classes.map(() => classes.map(() => 0));
  const reliability = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  let logLoss = 0;
  for (const { label, probabilities } of answers) {
    if (probabilities.length !== classes.length || label >= classes.length) {
      throw new TrainingError(
        "E_USAGE",
        `${probabilities.length} probabilities and the label ${label} for ${classes.length} classes`,
      );
    }
    const confidence = Math.max(...probabilities);
    const answered = probabilities.indexOf(confidence);
    (confusion[label] as number[])[answered] = (confusion[label]?.[answered] ?? 0) + 1;
    const bin = reliability[Math.min(bins - 1, Math.floor(confidence * bins))];
    if (bin) {
      bin.count += 1;
      bin.confidence += confidence;
      if (answered === label) bin.right += 1;
    }
    logLoss -= Math.log(Math.max(probabilities[label] ?? 0, 1e-12)) / answers.length;
  }
  const each = classes.map((name, c) => classMetrics(name, c, confusion));
  const present = each.filter(({ support }) => support > 0);
  const right = confusion.reduce((sum, row, c) => sum + (row[c] ?? 0), 0);
  const filled = reliability.map(({ count, confidence, right: good }, i) => ({
    from: i / bins,
    to: (i + 1) / bins,
    count,
    meanConfidence: count === 0 ? 0 : confidence / count,
    accuracy: count === 0 ? 0 : good / count,
  }));
  return {
    samples: answers.length,
    accuracy: right / answers.length,
    macroF1: present.reduce((sum, { f1 }) => sum + f1, 0) / present.length,
    worstRecall: Math.min(...present.map(({ recall }) => recall)),
    classes: each,
    confusion,
    calibrationError: filled.reduce(
      (sum, { count, meanConfidence, accuracy }) =>
        sum + (count / answers.length) * Math.abs(meanConfidence - accuracy),
      0,
    ),
    reliability: filled,
    logLoss,
  };
}

function classMetrics(
  name: string,
  c: number,
  confusion: readonly (readonly number[])[],
): ClassMetrics {
  const found = confusion[c]?.[c] ?? 0;
  const support = confusion[c]?.reduce((a, b) => a + b, 0) ?? 0;
  const answered = confusion.reduce((sum, row) => sum + (row[c] ?? 0), 0);
  const precision = answered === 0 ? 0 : found / answered;
  const recall = support === 0 ? 0 : found / support;
  const f1 = found === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { class: name, precision, recall, f1, support };
}
