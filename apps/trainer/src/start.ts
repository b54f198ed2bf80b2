import { join } from "node:path";
import { openWorker } from "@plimsoll/pipeline";
import { type Health, openHealth } from "./health.ts";
import { type Environment, readSettings } from "./settings.ts";

/** A line of the log, with its time. */
const say = (line: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${line.replace(/\s+/g, " ")}\n`);
};

/**
 * Takes work until a signal: the first lets children stop, which leaves their runs to others; the second ends at once.
 * What cannot be used is told in one line, exit code 2.
 */
export async function start(env: Environment = process.env): Promise<void> {
  try {
    const { host, port, workRoot, isTalkative, ...settings } = readSettings(env);
    const log = isTalkative ? say : () => undefined;
    const health: Health | undefined =
      port === undefined ? undefined : await openHealth(host, port);
    const worker = await openWorker({ ...settings, workRoot: join(workRoot, "work"), log });
    log(`taking work for ${settings.storeUrl}`);
    let isEnding = false;
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      process.on(name, () => {
        if (isEnding) process.exit(1);
        isEnding = true;
        Promise.all([worker.close(), health?.close()]).then(
          () => process.exit(0),
          () => process.exit(1),
        );
      });
    }
  } catch (error) {
    const { code = "E_BUG", message } = error as {
      readonly code?: string;
      readonly message: string;
    };
    process.stderr.write(`plimsoll-trainer: ${code} ${message.replace(/\s+/g, " ")}\n`);
    process.exit(code === "E_USAGE" ? 2 : 1);
  }
}
