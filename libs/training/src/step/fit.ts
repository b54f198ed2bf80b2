import { TrainingError } from "../error.ts";
import { type Random, seededRandom } from "../random.ts";
import type { EpochFigures } from "../run/trained-model.ts";
import { type Running, startModel, type Values } from "../runtime.ts";
import { answerModel } from "./answer-model.ts";
import type { Batches } from "./batches.ts";
import { type Network, type NetworkState, startState } from "./network.ts";
import { type Mask, stepModel } from "./step-model.ts";

/** What `fit` takes. Defaults in `fitDefaults`. */
export interface FitOptions {
  /** Examples that decide when to stop and which epoch is kept; without them the last epoch is. */
  readonly validation?: Batches;
  readonly epochs?: number;
  readonly batchRows?: number;
  /** Highest rate; it rises over the first epoch and falls along a cosine to a hundredth. */
  readonly rate?: number;
  readonly decay?: number;
  /** Epochs without a lower validation loss after which it ends. */
  readonly patience?: number;
  /** Share of the target that is spread over all classes. */
  readonly smoothing?: number;
  /** Weight of each class in the loss; default 1 each. */
  readonly classWeights?: readonly number[];
  readonly seed?: number;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onEpoch?: (figures: EpochFigures) => void;
}

export const fitDefaults = {
  epochs: 20,
  batchRows: 256,
  rate: 0.003,
  decay: 0.01,
  patience: 8,
  smoothing: 0,
  seed: 1,
  threads: 1,
} as const;

/** What training gave. */
export interface Fitted {
  readonly state: NetworkState;
  readonly curves: readonly EpochFigures[];
}

/**
 * Fits a network by AdamW; every step is one run of `stepModel`. The loop yields to the event loop after each step.
 *
 * @throws TrainingError `E_OUTPUT` when the loss is no number any more, `E_ABORTED`.
 */
export async function fit(net: Network, data: Batches, options: FitOptions = {}): Promise<Fitted> {
  const settings = { ...fitDefaults, ...options };
  const { epochs, batchRows, seed, threads, validation } = settings;
  const random = seededRandom(seed);
  const { model, masks } = stepModel(net);
  const stepper = await startModel(model, { threads });
  const answerer = validation ? await startModel(answerModel(net), { threads }) : undefined;
  const batch = openBatch(net, data, masks, settings);
  const start = startState(net, seed);
  let state: Flat = {
    parameters: start.parameters,
    first: new Float32Array(start.parameters.length),
    second: new Float32Array(start.parameters.length),
    statistics: start.statistics,
  };
  let best = { loss: Infinity, epoch: 0, state: state as NetworkState };
  const curves: EpochFigures[] = [];
  const steps = Math.ceil(data.count / batchRows);
  try {
    for (let epoch = 1; epoch <= epochs; epoch += 1) {
      const order = shuffled(data.count, random);
      let total = 0;
      for (let step = 0; step < steps; step += 1) {
        if (settings.signal?.aborted)
          throw new TrainingError("E_ABORTED", "training: ended on request");
        const rows = order.subarray(step * batchRows, (step + 1) * batchRows);
        const at = (epoch - 1) * steps + step;
        const scalars = schedule(at, steps, epochs, settings.rate, settings.decay);
        const answer = await stepper.run({
          ...batch(rows, random),
          ...flatFeeds(state, net),
          ...scalars,
        });
        state = nextState(answer, state);
        total += ((answer["loss"]?.data[0] as number | undefined) ?? NaN) * rows.length;
      }
      if (!Number.isFinite(total)) {
        throw new TrainingError(
          "E_OUTPUT",
          `epoch ${epoch}: the loss is ${total}: lower the rate, or look for values that are not finite`,
        );
      }
      const loss = total / data.count;
      const checked =
        answerer && validation
          ? await check(answerer, net, state, validation, batchRows)
          : undefined;
      const figures: EpochFigures = {
        epoch,
        loss,
        ...(checked ? { validationLoss: checked.loss, validationAccuracy: checked.accuracy } : {}),
      };
      curves.push(figures);
      settings.onEpoch?.(figures);
      const judged = checked?.loss ?? -epoch;
      if (judged < best.loss) best = { loss: judged, epoch, state };
      else if (epoch - best.epoch >= settings.patience) break;
    }
  } finally {
    await stepper.close();
    await answerer?.close();
  }
  return {
    state: { parameters: best.state.parameters, statistics: best.state.statistics },
    curves,
  };
}

interface Flat extends NetworkState {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

function flatFeeds(state: Flat, net: Network): Record<string, Values> {
  const { parameters, first, second, statistics } = state;
  const flat = (data: Float32Array): Values => ({ data, dims: [data.length] });
  return {
    parameters: flat(parameters),
    first: flat(first),
    second: flat(second),
    ...(net.statistics.length > 0 ? { statistics: flat(statistics) } : {}),
  };
}

function nextState(answer: Record<string, Values>, before: Flat): Flat {
  const take = (name: string): Float32Array => answer[`${name}_next`]?.data as Float32Array;
  return {
    parameters: take("parameters"),
    first: take("first"),
    second: take("second"),
    statistics: answer["statistics_next"] ? take("statistics") : before.statistics,
  };
}

function schedule(
  at: number,
  steps: number,
  epochs: number,
  rate: number,
  decay: number,
): Record<string, Values> {
  const scalar = (value: number): Values => ({ data: Float32Array.of(value), dims: [] });
  const rising = Math.min(1, (at + 1) / steps);
  const falling = 0.01 + 0.99 * 0.5 * (1 + Math.cos((Math.PI * at) / (steps * epochs)));
  return {
    rate: scalar(rate * rising * falling),
    decay: scalar(decay),
    first_correction: scalar(1 / (1 - 0.9 ** (at + 1))),
    second_correction: scalar(1 / (1 - 0.999 ** (at + 1))),
  };
}

/** Feeds of one batch: values, targets, weights and masks. */
function openBatch(
  net: Network,
  data: Batches,
  masks: readonly Mask[],
  {
    smoothing,
    classWeights,
  }: { readonly smoothing: number; readonly classWeights?: readonly number[] },
): (rows: Uint32Array, random: Random) => Record<string, Values> {
  const size = net.shape.reduce((product, each) => product * each, 1);
  const { classes } = net;
  return (rows, random) => {
    const values = new Float32Array(rows.length * size);
    data.fill(rows, values, random);
    const targets = new Float32Array(rows.length * classes).fill(smoothing / classes);
    const weights = new Float32Array(rows.length);
    rows.forEach((row, i) => {
      const label = data.labels[row] as number;
      targets[i * classes + label] = 1 - smoothing + smoothing / classes;
      weights[i] = classWeights?.[label] ?? 1;
    });
    const feeds: Record<string, Values> = {
      values: { data: values, dims: [rows.length, ...net.shape] },
      targets: { data: targets, dims: [rows.length, classes] },
      row_weights: { data: weights, dims: [rows.length, 1] },
    };
    for (const { name, keep, shape } of masks) {
      const length = shape.reduce((product, each) => product * each, rows.length);
      const mask = Float32Array.from({ length }, () => (random.uniform() < keep ? 1 / keep : 0));
      feeds[name] = { data: mask, dims: [rows.length, ...shape] };
    }
    return feeds;
  };
}

/** Mean cross-entropy and accuracy of a state on examples that it was not trained on. */
async function check(
  answerer: Running,
  net: Network,
  state: NetworkState,
  data: Batches,
  batchRows: number,
): Promise<{ readonly loss: number; readonly accuracy: number }> {
  const size = net.shape.reduce((product, each) => product * each, 1);
  let [loss, right] = [0, 0];
  for (let from = 0; from < data.count; from += batchRows) {
    const rows = Uint32Array.from(
      { length: Math.min(batchRows, data.count - from) },
      (_, i) => from + i,
    );
    const values = new Float32Array(rows.length * size);
    data.fill(rows, values);
    const { probabilities } = await answerer.run({
      values: { data: values, dims: [rows.length, ...net.shape] },
      parameters: { data: state.parameters, dims: [state.parameters.length] },
      ...(net.statistics.length > 0
        ? { statistics: { data: state.statistics, dims: [state.statistics.length] } }
        : {}),
    });
    rows.forEach((row, i) => {
      const scores = (probabilities?.data as Float32Array).subarray(
        i * net.classes,
        (i + 1) * net.classes,
      );
      const label = data.labels[row] as number;
      loss -= Math.log(Math.max(scores[label] ?? 0, 2 ** -126));
      if (scores.indexOf(Math.max(...scores)) === label) right += 1;
    });
  }
  return { loss: loss / data.count, accuracy: right / data.count };
}

/** Rows in an order that `random` chooses (Fisher and Yates). */
function shuffled(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
