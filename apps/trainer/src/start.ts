import { openWorker } from "@plimsoll/pipeline";
import { trainerSettings } from "./trainer-settings.ts";

/** A line of the log, with its time. */
const say = (line: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${line.replace(/\s+/g, " ")}\n`);
};

/** Takes work until a signal: the first lets children stop, which leaves their runs to others; the second ends at once. */
export async function start(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<void> {
  try {
    const settings = trainerSettings(env);
    const worker = await openWorker({ ...settings, log: say });
    say(`taking work for ${settings.storeUrl}`);
    let isEnding = false;
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      process.on(name, () => {
        if (isEnding) process.exit(1);
        isEnding = true;
        worker.close().then(
          () => process.exit(0),
          () => process.exit(1),
        );
      });
    }
  } catch (error) {
    const { code = "E_BUG", message } = error as { readonly code?: string; readonly message: string };
    process.stderr.write(`plimsoll-trainer: ${code} ${message.replace(/\s+/g, " ")}\n`);
    process.exitCode = code === "E_USAGE" ? 2 : 1;
  }
}
