import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** Asks on the terminal and shows nothing of what is typed. The question goes to stderr. */
export async function askSecret(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await new Promise<string>((resolve) => {
      lines.once("line", resolve);
      lines.once("close", () => resolve(""));
      // In raw mode Ctrl-C arrives as a key.
      lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
    });
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
