import { askSecret } from "./ask-secret.ts";
import { main } from "./main.ts";

/** What a shell expects of a process that a signal ended. */
const signalExits = { SIGINT: 130, SIGTERM: 143 } as const;

/** Output into a closed pipe (`plimsoll models | head -1`) is dropped, not reported. */
function ignoreClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve();
    else stream.write("", () => resolve());
  });

/** Runs the command line in this process and ends it. The first Ctrl-C cancels cleanly, the second at once. */
export async function start(argv: readonly string[]): Promise<void> {
  ignoreClosedPipe(process.stdout);
  ignoreClosedPipe(process.stderr);
  const controller = new AbortController();
  for (const [name, code] of Object.entries(signalExits)) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(code);
      controller.abort(name);
    });
  }
  const exit = await main(argv, {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    signal: controller.signal,
    now: Date.now,
    ...(process.stdin.isTTY && process.stderr.isTTY && { ask: askSecret }),
  });
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(exit);
}
