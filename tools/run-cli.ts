import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../apps/cli/bin/plimsoll.js", import.meta.url));

/**
 * Runs `plimsoll` with these arguments, without a shell in between, on this process's own streams. Gives its exit code.
 */
export function runCli(argv: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...argv], { stdio: "inherit", shell: false });
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.once("SIGTERM", pass);
    child.once("error", reject);
    child.once("close", (code) => {
      process.off("SIGTERM", pass);
      // Ended by a signal: what a shell reports for Ctrl-C.
      resolve(code ?? 130);
    });
  });
}
