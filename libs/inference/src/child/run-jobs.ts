import { InferenceError } from "../error.ts";
import type { ModelConfig } from "../model-config.ts";
import type { ModelInput } from "../model-input.ts";
import type { Prepared } from "../pipelines/pipeline.ts";
import { isFiniteTensor } from "../pipelines/tensor-values.ts";
import type { NamedTensor } from "../tensor.ts";
import { canJoin, joinFeeds, rowsOf, splitRows } from "./batch.ts";
import type { LoadedModel } from "./loaded-model.ts";
import type { ChildError, ChildJob, Done } from "./protocol.ts";

type Result = Done["results"][number];

/** An error as the channel carries it. */
export function toChildError(cause: unknown): ChildError {
  if (cause instanceof InferenceError) return { code: cause.code, message: cause.message };
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: "E_MODEL", message };
}

/** What the runtime says when a run fails, as an error of ours. */
function runError(cause: unknown, input: ModelInput): InferenceError {
  if (cause instanceof InferenceError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (/allocate|bad_alloc|bad allocation/i.test(reason)) {
    const message = `the model asked for more memory than it may have: ${reason}`;
    return new InferenceError("E_MEMORY", message, { cause });
  }
  const blamed = input.kind === "tensors" ? "E_INPUT" : "E_MODEL";
  return new InferenceError(blamed, `the model could not answer: ${reason}`, { cause });
}

interface Ready {
  readonly at: number;
  readonly job: ChildJob;
  readonly prepared: Prepared;
}

function finish(
  { pipeline }: LoadedModel,
  { job, prepared }: Ready,
  outputs: readonly NamedTensor[],
  config: ModelConfig,
): Result {
  try {
    const broken = outputs.find((tensor) => !isFiniteTensor(tensor));
    if (broken !== undefined) {
      throw new InferenceError(
        "E_OUTPUT",
        `output ${broken.name}: the model gave numbers that are not finite`,
      );
    }
    const { state } = prepared;
    return { output: pipeline.finish(outputs, state, job.plain === true ? {} : config, job.input) };
  } catch (cause) {
    return { error: toChildError(cause) };
  }
}

const wantedOf = ({ input }: ChildJob): readonly string[] | undefined =>
  input.kind === "tensors" && input.outputs?.length !== 0 ? input.outputs : undefined;

async function runAlone(model: LoadedModel, ready: Ready, config: ModelConfig): Promise<Result> {
  try {
    const outputs = await model.session.run(ready.prepared.feeds, wantedOf(ready.job));
    return finish(model, ready, outputs, config);
  } catch (cause) {
    return { error: toChildError(runError(cause, ready.job.input)) };
  }
}

async function runTogether(
  model: LoadedModel,
  group: readonly Ready[],
  config: ModelConfig,
): Promise<readonly Result[]> {
  const feeds = group.map(({ prepared }) => prepared.feeds);
  const rows = feeds.map(rowsOf);
  const outputs = await model.session.run(joinFeeds(feeds));
  const parts = splitRows(outputs, rows);
  return group.map((ready, index) => finish(model, ready, parts[index] ?? [], config));
}

/**
 * Answers a batch: inputs are prepared one by one, and those that fit together run as one. An input that cannot be used
 * fails alone, and where a common run fails, each is run again on its own.
 */
export async function runJobs(
  model: LoadedModel,
  jobs: readonly ChildJob[],
  config: ModelConfig,
  maxBatch: number,
): Promise<readonly Result[]> {
  const results: (Result | undefined)[] = jobs.map(() => undefined);
  const ready: Ready[] = [];
  for (const [at, job] of jobs.entries()) {
    try {
      ready.push({ at, job, prepared: await model.pipeline.prepare(job.input) });
    } catch (cause) {
      results[at] = { error: toChildError(cause) };
    }
  }
  while (ready.length > 0) {
    const [first] = ready.splice(0, 1);
    if (first === undefined) break;
    const group = [first];
    if (maxBatch > 1) {
      let rows = rowsOf(first.prepared.feeds);
      for (let index = 0; index < ready.length;) {
        const other = ready[index];
        const more = other === undefined ? 0 : rowsOf(other.prepared.feeds);
        const fits = rows + more <= maxBatch;
        if (other !== undefined && fits && canJoin(first.prepared.feeds, other.prepared.feeds)) {
          group.push(other);
          rows += more;
          ready.splice(index, 1);
        } else index += 1;
      }
    }
    if (group.length > 1) {
      try {
        const answers = await runTogether(model, group, config);
        group.forEach(({ at }, index) => (results[at] = answers[index]));
        continue;
      } catch {
        // One of them spoiled it for all: each on its own.
      }
    }
    for (const each of group) results[each.at] = await runAlone(model, each, config);
  }
  const missing: Result = { error: { code: "E_MODEL", message: "no answer" } };
  return results.map((result) => result ?? missing);
}
