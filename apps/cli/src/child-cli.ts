import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What a child process came to. */
export interface ChildResult {
  /** Null where a signal ended it. */
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

export interface ChildOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that are imported before the command line. */
  readonly imports?: readonly string[];
  /** Told once, when this text first stands on stdout or stderr. */
  readonly when?: {
    readonly text: string;
    readonly act: (child: { kill(signal: NodeJS.Signals): void }) => void;
  };
  /** Ends the reading of stdout at once, as `| head -0` does. */
  readonly closeStdout?: boolean;
}

const tsx = createRequire(import.meta.url).resolve("tsx");
const start = fileURLToPath(new URL("./start.ts", import.meta.url));

/** For tests: the command line as a process of its own, from its sources. */
export async function childCli(
  argv: readonly string[],
  options: ChildOptions,
): Promise<ChildResult> {
  const { cwd, env = {}, imports = [], when, closeStdout } = options;
  const code = `import { start } from ${JSON.stringify(pathToFileURL(start).href)}; await start(process.argv.slice(1));`;
  const flags = [tsx, ...imports].flatMap((module) => ["--import", module]);
  const child = spawn(
    process.execPath,
    ["--conditions=@plimsoll/source", ...flags, "--input-type=module", "-e", code, "--", ...argv],
    {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], HOME: cwd, ...env },
    },
  );
  if (closeStdout) child.stdout.destroy();
  let [out, err] = ["", ""];
  let isTold = false;
  const look = (): void => {
    if (!when || isTold || !(out + err).includes(when.text)) return;
    isTold = true;
    when.act(child);
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    look();
  });
  const exit = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { exit, out, err };
}
