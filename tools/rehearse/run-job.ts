import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { contextsOf, type Known } from "./known.ts";
import { fillIn, type Job, type Step } from "./workflow.ts";

export interface JobOptions {
  /** Where artifacts are kept between jobs. */
  readonly artifacts: string;
  /** The repository that a checkout clones. */
  readonly origin: string;
  readonly tag: string;
  /** `node_modules` that stand in for those of `npm ci`. */
  readonly modules: string;
  /** Folder with programs that stand in for others, first in PATH. */
  readonly shims: string;
  /** What the runner's environment has. */
  readonly env: Readonly<Record<string, string>>;
  readonly attest: (checksums: string) => Promise<Uint8Array>;
  readonly log: (line: string) => void;
}

/** A step that ended with another exit code than 0. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";
}

/** Runs the steps of one job in a folder of its own; gives its outputs. */
export async function runJob(
  job: Job,
  dir: string,
  known: Known,
  options: JobOptions,
): Promise<Readonly<Record<string, string>>> {
  await mkdir(dir, { recursive: true });
  const steps: Record<string, Readonly<Record<string, string>>> = {};
  let failure: StepFailure | undefined;
  for (const [index, step] of job.steps.entries()) {
    if (failure !== undefined && !step.if?.includes("always()")) continue;
    const contexts = contextsOf({ ...known, steps });
    const filled = (values: Readonly<Record<string, string>> = {}): Record<string, string> =>
      Object.fromEntries(
        Object.entries(values).map(([key, value]) => [key, fillIn(String(value), contexts)]),
      );
    try {
      const outputs =
        step.uses === undefined
          ? await runLine(step, dir, filled(step.env), index, options)
          : await useAction(step.uses, filled(step.with), dir, options);
      if (step.id !== undefined) steps[step.id] = outputs;
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  const contexts = contextsOf({ ...known, steps });
  return Object.fromEntries(
    Object.entries(job.outputs ?? {}).map(([name, text]) => [name, fillIn(text, contexts)]),
  );
}

/** A `run:` line, by the shell and with the flags that the host uses. */
async function runLine(
  step: Step,
  dir: string,
  env: Readonly<Record<string, string>>,
  index: number,
  options: JobOptions,
): Promise<Readonly<Record<string, string>>> {
  const line = step.run ?? "";
  options.log(`  $ ${line}`);
  const output = join(dirname(dir), `${index}-${Math.random().toString(36).slice(2)}.out`);
  await writeFile(output, "");
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", line], {
    cwd: dir,
    env: {
      ...options.env,
      PATH: `${options.shims}:${process.env["PATH"] ?? ""}`,
      ...env,
      GITHUB_OUTPUT: output,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const hear = (text: Buffer): void => {
    said += text.toString();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const [code] = (await once(child, "close")) as [number | null];
  for (const each of shown(said, code === 0 ? 12 : 60)) options.log(`    ${each}`);
  if (code !== 0) throw new StepFailure(`${line} ended with ${code}`);
  const lines = (await readFile(output, "utf8")).split("\n").filter((each) => each.includes("="));
  await rm(output);
  return Object.fromEntries(
    lines.map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)]),
  );
}

/** The last lines that say something: Nx overwrites and colours its own. */
const shown = (said: string, most: number): readonly string[] =>
  stripVTControlCharacters(said)
    .split(/[\r\n]+/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-most);

/** What the few actions that we use do, on this machine. */
async function useAction(
  uses: string,
  given: Readonly<Record<string, string>>,
  dir: string,
  options: JobOptions,
): Promise<Readonly<Record<string, string>>> {
  const name = uses.slice(0, uses.indexOf("@"));
  const { artifacts, log } = options;
  log(`  - ${name}${given["name"] === undefined ? "" : ` ${given["name"]}`}`);
  const artifact = join(artifacts, given["name"] ?? "");
  const path = join(dir, given["path"] ?? "");
  switch (name) {
    case "actions/checkout":
      await run("git", ["clone", "--quiet", "--branch", options.tag, options.origin, dir]);
      await symlink(options.modules, join(dir, "node_modules"));
      return {};
    case "actions/setup-node":
      return {};
    case "actions/upload-artifact": {
      await rm(artifact, { recursive: true, force: true });
      await mkdir(artifact, { recursive: true });
      const isFile = /\.[a-z]+$/.test(given["path"] ?? "");
      const to = isFile ? join(artifact, given["path"]?.split("/").at(-1) ?? "") : artifact;
      await cp(path, to, { recursive: true }).catch((error: Error) => {
        throw new StepFailure(`nothing to upload: ${error.message}`);
      });
      return {};
    }
    case "actions/download-artifact":
      await cp(artifact, path, { recursive: true, force: true });
      return {};
    case "actions/attest": {
      const checksums = await readFile(join(dir, given["subject-checksums"] ?? ""), "utf8");
      const bundle = join(dirname(dir), "bundle.json");
      await writeFile(bundle, await options.attest(checksums));
      return { "bundle-path": bundle };
    }
    default:
      throw new Error(`the rehearsal does not know the action ${name}`);
  }
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${said}`);
}
