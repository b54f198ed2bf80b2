import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { docsWorld, type WorldOptions } from "./docs-world.ts";
import {
  countCommands,
  type PageChanges,
  pageScript,
  shellLines,
  writtenFiles,
} from "./page-script.ts";

/** What became of a page's commands. */
export interface PageRun {
  /** How many commands the page has. */
  readonly commands: number;
  /** Those that something else stood in for. */
  readonly stoodIn: readonly string[];
  /** Empty where every command did what it should; else what bash said last. */
  readonly failure: string;
}

export interface PageSettings extends PageChanges {
  /** What a reader of this page has done before: commands in the order of their running. */
  readonly before?: readonly string[];
  /** Where the page's own JSON blocks go, by a part of each. */
  readonly files?: Readonly<Record<string, string>>;
  readonly project?: NonNullable<WorldOptions["project"]>;
  /** Takes long: left to the nightly run. */
  readonly nightly?: boolean;
  /** What lies in S3 from the start, by bucket and key. */
  readonly objects?: () => Readonly<Record<string, Uint8Array>>;
}

/** Runs the commands of a page in their order, in one shell, in a folder of their own. */
export async function runPage(
  markdown: string,
  settings: PageSettings = {},
  nightly = false,
): Promise<PageRun> {
  const dir = await mkdtemp(join(tmpdir(), "plimsoll-docs-"));
  try {
    await using world = await docsWorld(dir, [markdown, ...(settings.before ?? [])].join(" "), {
      objects: settings.objects?.() ?? {},
      project: settings.project ?? "detector",
      nightly,
    });
    const lines = shellLines(markdown);
    const replace = [...(settings.replace ?? []), ...world.replace];
    const written = writtenFiles(markdown, settings.files ?? {});
    const before = (settings.before ?? []).map((text) => ({ line: 2, text }));
    const prepare = before.map((line) => pageScript([line], "", { replace }).trim()).join(" && ");
    const prelude = prepare === "" ? world.prelude : `${world.prelude}; ${prepare}`;
    const script = join(dir, ".page.sh");
    await writeFile(script, pageScript([...lines, ...written], prelude, { ...settings, replace }));
    const failure = await runBash(script, dir, world.env);
    const stoodIn = (await readFile(world.log, "utf8")).split("\n").filter((line) => line !== "");
    return { commands: countCommands(lines), stoodIn, failure };
  } finally {
    await endServer(dir);
    await rm(dir, { recursive: true, force: true });
  }
}

const kept = 2000;

/** Gives the end of what it said where it failed. */
function runBash(
  script: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const stdio = ["ignore", "pipe", "pipe"] as const;
    const child = spawn("bash", ["--norc", script], { cwd, env, stdio: [...stdio] });
    let said = "";
    const hear = (bytes: Buffer): void => void (said = (said + bytes.toString()).slice(-kept));
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", reject);
    child.once("exit", (code) => resolve(code === 0 ? "" : said || `exit ${code}`));
  });
}

/** Ends the server that a page started, if any. */
async function endServer(dir: string): Promise<void> {
  const pid = Number(await readFile(join(dir, ".server.pid"), "utf8").catch(() => "0"));
  if (pid === 0) return;
  try {
    process.kill(pid, "SIGTERM");
    for (let waited = 0; waited < 200; waited += 1) {
      process.kill(pid, 0);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
