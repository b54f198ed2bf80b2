import type { RunContext } from "./run-context.ts";
import type { RunEvent } from "./run-event.ts";
import type { CurvePoint, RunProblem, RunRecord, RunStage, StageRecord } from "./run-record.ts";
import { writeRun } from "./run-store.ts";

/** What a context is made of: what it has, less what it does. */
export type ContextParts = Omit<
  RunContext,
  | "record"
  | "update"
  | "addProblems"
  | "addPoint"
  | "progress"
  | "emit"
  | "log"
  | "begin"
  | "finish"
> & {
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  readonly log?: ((line: string) => void) | undefined;
};

/** Share of a whole run's time that each stage takes, roughly. */
const shares: Readonly<Record<RunStage, readonly [from: number, to: number]>> = {
  samples: [0, 0.02],
  download: [0.02, 0.12],
  baseline: [0.12, 0.15],
  features: [0.15, 0.4],
  train: [0.15, 0.9],
  publish: [0.9, 0.98],
  promote: [0.98, 1],
};

const maxProblems = 200;
/** How often progress is written to the store. */
const writeEveryMs = 2000;

/** Keeps the record of a run, in memory and in the store. */
export function makeContext(first: RunRecord, parts: ContextParts): RunContext {
  let record = first;
  let stage: RunStage = "samples";
  let [writtenAt, toldAt] = [0, 0];
  // Writes go one after the other: the last state is what remains.
  let writing: Promise<void> = Promise.resolve();
  const { store, now, onEvent } = parts;

  const emit: RunContext["emit"] = (event) =>
    onEvent?.({ at: now().toISOString(), run: record.run, ...event });

  function write(): Promise<void> {
    writtenAt = now().getTime();
    const mine = writing.catch(() => undefined).then(() => writeRun(store, record));
    writing = mine;
    return mine;
  }

  async function update(change: Partial<RunRecord>): Promise<void> {
    record = { ...record, ...change };
    await write();
  }

  function writeNowAndThen(): void {
    if (now().getTime() - writtenAt < writeEveryMs) return;
    write().catch((error: unknown) => parts.log?.(`${record.run}: not written: ${String(error)}`));
  }

  const stageOf = (name: RunStage): StageRecord | undefined =>
    record.stages.find((entry) => entry.name === name);
  const withStage = (entry: StageRecord): readonly StageRecord[] => [
    ...record.stages.filter(({ name }) => name !== entry.name),
    entry,
  ];

  return {
    ...parts,
    record: () => record,
    update,
    emit,
    log(line) {
      parts.log?.(line);
      emit({ type: "log", message: line });
    },
    addProblems(problems: readonly RunProblem[]) {
      const known = new Set(record.problems.map(({ name, code }) => `${code} ${name}`));
      const fresh = problems.filter(({ name, code }) => !known.has(`${code} ${name}`));
      record = {
        ...record,
        problems: [...record.problems, ...fresh].slice(0, maxProblems),
        problem_count: record.problem_count + fresh.length,
      };
      for (const { code, message } of fresh) emit({ type: "log", message: `${code} ${message}` });
    },
    addPoint(point: CurvePoint) {
      const before = record.curve.filter(({ epoch }) => epoch < point.epoch);
      record = { ...record, curve: [...before, point] };
      emit({ type: "epoch", point });
      writeNowAndThen();
    },
    progress(share, inner) {
      const [from, to] = shares[stage];
      const progress = from + (to - from) * Math.min(1, Math.max(0, share));
      const isNew = inner !== undefined && inner !== record.stage;
      record = { ...record, progress, ...(inner !== undefined && { stage: inner }) };
      if (isNew) emit({ type: "stage", stage: inner, progress });
      const at = now().getTime();
      if (isNew || at - toldAt >= 250) {
        toldAt = at;
        emit({ type: "progress", stage: record.stage ?? stage, progress });
      }
      writeNowAndThen();
    },
    async begin(name) {
      stage = name;
      const before = stageOf(name);
      const started = {
        name,
        started_at: now().toISOString(),
        attempts: (before?.attempts ?? 0) + 1,
      };
      emit({ type: "stage", stage: name, progress: shares[name][0] });
      await update({ stage: name, progress: shares[name][0], stages: withStage(started) });
    },
    async finish(name) {
      const before = stageOf(name);
      if (before === undefined) return;
      const at = now();
      const seconds = (at.getTime() - Date.parse(before.started_at)) / 1000;
      await update({
        progress: shares[name][1],
        stages: withStage({ ...before, ended_at: at.toISOString(), seconds }),
      });
    },
  };
}
