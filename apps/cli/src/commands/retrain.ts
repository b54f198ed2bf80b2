import { openTraining, type RunEvent, type ShownRun, type Training } from "@plimsoll/pipeline";
import { type CommandModule, type Context, withExamples } from "../command.ts";
import { CliError } from "../error.ts";
import { exitCode } from "../exit-code.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { trainingSetup } from "../training-setup.ts";

interface RetrainFlags extends StoreFlags {
  readonly model?: string;
  readonly minSamples?: string;
  readonly minNewSamples?: string;
  readonly ifEnough?: true;
  readonly reason?: string;
  readonly promoteTo?: string;
  readonly minAccuracy?: string;
  readonly head?: string;
  readonly epochs?: string;
}

function number(text: string | undefined, flag: string, most = Infinity): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= most) return value;
  throw new CliError(
    "E_USAGE",
    `${flag}: "${text}" is no number from 0${most < Infinity ? ` to ${most}` : ""}`,
  );
}

export const retrain: CommandModule<RetrainFlags> = {
  define(command) {
    withStoreFlags(command)
      .option("--model <model>", "which one (default: the only one that has samples)")
      .option("--min-samples <n>", "fewest originals (default: the config's, else 10)")
      .option(
        "--min-new-samples <n>",
        "fewest since the last training (default: the config's, else 0)",
      )
      .option("--if-enough", "too few samples are no failure: say so and exit with 0")
      .option("--reason <text>", "kept in the run's record and the version's metadata")
      .option("--promote-to <channel>", "also point this channel at it, if the gates let it")
      .option("--min-accuracy <share>", "0 to 1: below it nothing is published")
      .option("--head <head>", "softmax, mlp or convnet")
      .option("--epochs <n>", "at most");
    withExamples(command, [
      ["plimsoll retrain --model sounds", "publishes the next minor version to staging"],
      [
        "plimsoll retrain --model sounds --min-new-samples 100 --promote-to production",
        "only if enough came, and straight on where it is no worse",
      ],
      ["REDIS_URL=redis://… plimsoll retrain --model sounds", "lets a worker do it"],
    ]);
  },

  async run(context, _args, flags) {
    const { io, output } = context;
    const { models, ...setup } = trainingSetup(context, flags);
    const training = await openTraining({
      ...setup,
      models: withFlags(models, flags),
      defaults: withFlags({ "": {} }, flags)[""] ?? {},
      allowHttp: flags.allowHttp ?? false,
      env: io.env,
      watchMs: 0,
      pollMs: 1000,
      log: (line) => output.log("debug", line),
    });
    try {
      return await follow(context, training, flags);
    } finally {
      output.close();
      await training.close();
    }
  },
};

type Models = ReturnType<typeof trainingSetup>["models"];

/** The config's rules with what the flags say over them. */
function withFlags(models: Models, flags: RetrainFlags): Models {
  const { promoteTo, head } = flags;
  const epochs = number(flags.epochs, "--epochs");
  const minAccuracy = number(flags.minAccuracy, "--min-accuracy", 1);
  if (head !== undefined && !["softmax", "mlp", "convnet"].includes(head)) {
    throw new CliError("E_USAGE", `--head: "${head}" is none of softmax, mlp, convnet`);
  }
  const over = ([name, model]: [string, Models[string]]): [string, Models[string]] => [
    name,
    {
      ...model,
      run: {
        ...model.run,
        ...(promoteTo !== undefined && { promoteTo }),
        ...(head !== undefined && { head: head as "softmax" | "mlp" | "convnet" }),
        ...(epochs !== undefined && { epochs }),
        ...(minAccuracy !== undefined && { gate: { ...model.run?.gate, minAccuracy } }),
      },
    },
  ];
  return Object.fromEntries(Object.entries(models).map(over));
}

async function follow(
  { output, signal }: Context,
  training: Training,
  flags: RetrainFlags,
): Promise<number | undefined> {
  const minSamples = number(flags.minSamples, "--min-samples");
  const minNewSamples = number(flags.minNewSamples, "--min-new-samples");
  const answer = await training.retrain({
    ...(flags.model !== undefined && { model: flags.model }),
    ...(minSamples !== undefined && { min_samples: minSamples }),
    ...(minNewSamples !== undefined && { min_new_samples: minNewSamples }),
    trigger_reason: flags.reason ?? "plimsoll retrain",
  });
  if (answer.status === "not_enough_samples" && flags.ifEnough) {
    output.line(answer.message);
    output.event({ type: "result", command: "retrain", state: "skipped", message: answer.message });
    return undefined;
  }
  if (answer.run === undefined || !answer.success) {
    const code = answer.status === "in_progress" ? "E_LOCKED" : "E_SAMPLES";
    output.fail({ code, message: answer.message, exit: exitCode(code) });
    return exitCode(code);
  }
  const { run } = answer;
  // Ctrl-C cancels the run; its end is waited for, so that nothing is left half done.
  const cancel = (): void => void training.cancel(run).catch(() => undefined);
  signal.addEventListener("abort", cancel);
  if (signal.aborted) cancel();
  output.startBars();
  for await (const event of training.events(run, { signal: new AbortController().signal })) {
    tell(output, event);
  }
  signal.removeEventListener("abort", cancel);
  output.close();
  return report(output, await training.run(run));
}

function tell(output: Context["output"], event: RunEvent): void {
  output.event({ ...event, type: `run-${event.type}` });
  const { type, stage, progress, message, point, run } = event;
  if (type === "stage" && stage !== undefined && !output.isJson)
    output.log("info", `${run}: ${stage}`);
  if (type === "progress") output.progress(run, Math.round((progress ?? 0) * 1000), 1000);
  if (type === "log" && message !== undefined && !output.isJson) output.log("warn", message);
  if (type === "epoch" && point)
    output.log("debug", `epoch ${point.epoch}: loss ${point.loss ?? "?"}`);
}

function report(output: Context["output"], run: ShownRun): number | undefined {
  const { id, model, state, version, metrics, baseline, error } = run;
  output.event({ type: "result", command: "retrain", ...run });
  const accuracy = metrics?.["accuracy"];
  const measured = accuracy === undefined ? "" : `, accuracy ${(accuracy * 100).toFixed(1)} %`;
  const compared = baseline === undefined ? "" : `, compared with ${baseline}`;
  output.line(
    `${model}: ${state}${version === undefined ? "" : ` as ${version}`}${measured}${compared}`,
  );
  if (state === "succeeded") return undefined;
  const { code, message } = error ?? { code: "E_CRASH", message: `${id}: ended as ${state}` };
  output.fail({ code, message, exit: exitCode(code) });
  return exitCode(code);
}
