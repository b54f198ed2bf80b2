import { TrainingError } from "../error.ts";
import { type Random, seededRandom } from "../random.ts";
import type { EpochFigures } from "../run/trained-model.ts";
import { startModel, type Values } from "../runtime.ts";
import { answerModel } from "./answer-model.ts";
import { openBatch } from "./batch-feeds.ts";
import type { Batches } from "./batches.ts";
import { checkState } from "./check-state.ts";
import {
  type FitCheckpoint,
  type FitProgress,
  fits,
  nextState,
  shownState,
  startProgress,
  stateFeeds,
} from "./fit-state.ts";
import { type Network, type NetworkState, startState } from "./network.ts";
import { stepModel } from "./step-model.ts";

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
  /** Above 0, pairs of examples are mixed: the higher, up to 1, the more evenly. Default 0. */
  readonly mix?: number;
  /** Above 0, what is validated and kept is the running average of the weights, of which a step leaves this share. */
  readonly averaging?: number;
  /** Weight of each class in the loss; default 1 each. */
  readonly classWeights?: readonly number[];
  readonly seed?: number;
  readonly threads?: number;
  /** Where the progress is kept after each epoch; a training that finds some goes on after it, with the same result. */
  readonly checkpoint?: FitCheckpoint;
  /** Epochs of the whole schedule, where another training goes on after this one; default those of both so far. */
  readonly scheduled?: number;
  /** Training that this one continues, on other examples: its numbers, and how many epochs of the schedule it took. */
  readonly before?: { readonly state: NetworkState; readonly epochs: number };
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
  mix: 0,
  averaging: 0,
  seed: 1,
  threads: 1,
} as const;

/** What training gave. */
export interface Fitted {
  /** Of the best epoch. */
  readonly state: NetworkState;
  /** Of the last epoch. */
  readonly last: NetworkState;
  readonly curves: readonly EpochFigures[];
}

/**
 * Fits a network by AdamW; every step is one run of `stepModel`. The loop yields to the event loop after each step.
 *
 * @throws TrainingError `E_OUTPUT` when the loss is no number any more, `E_ABORTED`.
 */
export async function fit(net: Network, data: Batches, options: FitOptions = {}): Promise<Fitted> {
  const settings = { ...fitDefaults, ...options };
  const { epochs, batchRows, seed, threads, validation, averaging, checkpoint, before } = settings;
  const { model, masks } = stepModel(net);
  const stepper = await startModel(model, { threads });
  const answerer = validation ? await startModel(answerModel(net), { threads }) : undefined;
  const batch = openBatch(net, data, masks, settings);
  const averages = averaging > 0;
  const kept = await checkpoint?.read();
  let { epoch, state, best, curves }: FitProgress =
    kept && fits(kept, net, averages)
      ? kept
      : startProgress(before?.state ?? startState(net, seed), averages);
  const past = before?.epochs ?? 0;
  const scheduled = settings.scheduled ?? past + epochs;
  for (const figures of curves) settings.onEpoch?.(figures);
  const steps = Math.ceil(data.count / batchRows);
  try {
    while (epoch < epochs && (epoch === 0 || epoch - best.epoch < settings.patience)) {
      epoch += 1;
      // A stream for each epoch: one that goes on from a checkpoint draws what it would have drawn.
      const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ (past + epoch));
      const order = shuffled(data.count, random);
      let total = 0;
      for (let step = 0; step < steps; step += 1) {
        if (settings.signal?.aborted)
          throw new TrainingError("E_ABORTED", "training: ended on request");
        const rows = order.subarray(step * batchRows, (step + 1) * batchRows);
        const at = (epoch - 1) * steps + step;
        const answer = await stepper.run({
          ...batch(rows, random),
          ...stateFeeds(state, net),
          ...schedule(at, past * steps, steps * scheduled, steps, settings),
        });
        // The average of a few steps is theirs alone: the random start weighs little.
        state = nextState(answer, state, Math.min(averaging, (1 + at) / (10 + at)));
        total += ((answer["loss"]?.data[0] as number | undefined) ?? NaN) * rows.length;
      }
      if (!Number.isFinite(total)) {
        throw new TrainingError(
          "E_OUTPUT",
          `epoch ${epoch}: the loss is ${total}: lower the rate, or look for values that are not finite`,
        );
      }
      const shown = shownState(state);
      const checked =
        answerer && validation
          ? await checkState(answerer, net, shown, validation, batchRows)
          : undefined;
      const figures: EpochFigures = {
        epoch,
        loss: total / data.count,
        ...(checked ? { validationLoss: checked.loss, validationAccuracy: checked.accuracy } : {}),
      };
      curves = [...curves, figures];
      const judged = checked?.loss ?? -epoch;
      if (judged < best.loss) best = { loss: judged, epoch, state: shown };
      await checkpoint?.write({ epoch, state, best, curves });
      settings.onEpoch?.(figures);
    }
  } finally {
    await stepper.close();
    await answerer?.close();
  }
  return { state: best.state, last: shownState(state), curves };
}

/** Rates of step `at`, after `past` steps of an earlier training, of `total`; it rises over `rise` steps. */
function schedule(
  at: number,
  past: number,
  total: number,
  rise: number,
  { rate, decay }: { readonly rate: number; readonly decay: number },
): Record<string, Values> {
  const scalar = (value: number): Values => ({ data: Float32Array.of(value), dims: [] });
  const rising = Math.min(1, (at + 1) / rise);
  const falling = 0.01 + 0.99 * 0.5 * (1 + Math.cos((Math.PI * (past + at)) / total));
  return {
    rate: scalar(rate * rising * falling),
    decay: scalar(decay),
    first_correction: scalar(1 / (1 - 0.9 ** (at + 1))),
    second_correction: scalar(1 / (1 - 0.999 ** (at + 1))),
  };
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
