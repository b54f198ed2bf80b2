import { type CommandModule, withExamples } from "../command.ts";
import { freshDemoFolder } from "../demo/demo-folder.ts";
import { showServing } from "../demo/show-serving.ts";
import { type DemoStep, showMainJob } from "../demo/show-main-job.ts";
import { durationText } from "../text/quantity.ts";

interface DemoFlags {
  readonly dir?: string;
}

const defaultDir = ".plimsoll/demo";

/** `   3  sync     digits.onnx fetched; 209 KB moved into app/weights (12 ms)`. */
function stepLine(number: number, { step, text, elapsedMs }: DemoStep): string {
  const time = elapsedMs >= 1 ? ` (${durationText(elapsedMs)})` : "";
  return `${String(number).padStart(4)}  ${step.padEnd(7)}  ${text}${time}`;
}

/** Commands for the folder that the demo left; each works as it stands. */
function nextCommands(store: string, weights: string, trained: string, dir: string): string[] {
  return [
    `plimsoll verify ${weights}/manifest.json --full`,
    `plimsoll versions digits --store ${store}`,
    `plimsoll info digits@v1.1.0 --store ${store}`,
    `plimsoll sync --store ${store} --model digits --release v1.0.0 --dir ${dir}/old`,
    `plimsoll publish ${trained} --to ${store} --release v1.3.0`,
  ];
}

export const demo: CommandModule<DemoFlags> = {
  define(command) {
    command.option("--dir <folder>", `where it plays (default: ${defaultDir})`);
    withExamples(command, [
      ["plimsoll demo", "a few seconds, no network, nothing but that folder"],
    ]);
  },

  async run({ io, output, settings, signal }, _args, flags) {
    const startedAt = io.now();
    const folder = await freshDemoFolder(settings.path(flags.dir ?? defaultDir));
    // A store is told from a name by its leading dot or slash.
    const isBare = !/^[./\\]|^[A-Za-z]:/.test(folder.store);
    const store = isBare || /^\.[^./\\]/.test(folder.store) ? `./${folder.store}` : folder.store;
    output.line(`Weights from training to an app, in ${folder.dir}:`);
    let number = 0;
    const onStep = (step: DemoStep): void => {
      number += 1;
      output.line(stepLine(number, step));
      const { step: name, elapsedMs } = step;
      output.event({ type: "step", number, ...step.facts, step: name, elapsedMs });
    };
    const story = { folder: { ...folder, store }, signal, env: io.env, now: io.now, onStep };
    await showMainJob(story);
    output.line("The same weights behind a server, in a process of its own:");
    await showServing(story);
    const elapsedMs = io.now() - startedAt;
    const next = nextCommands(store, folder.weights, folder.trained, folder.dir);
    output.line(`Done in ${durationText(elapsedMs)}. Look around in ${folder.dir}, then try:`);
    for (const line of next) output.line(`  npx ${line}`);
    output.event({ type: "result", command: "demo", dir: folder.dir, next, elapsedMs });
    return undefined;
  },
};
