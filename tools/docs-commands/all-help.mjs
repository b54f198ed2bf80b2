/** Prints `--help` of every command of the built command line as one JSON object, from one process. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
// In a clone that was never built this builds it; `--version` alone would not.
execFileSync(process.execPath, [path("../../apps/cli/bin/plimsoll.js"), "--help"]);
const { main } = await import(new URL("../../apps/cli/dist/main.js", import.meta.url).href);

const found = {};
async function ask(words) {
  let text = "";
  const stdout = { write: (more) => (text += more) };
  const { signal } = new AbortController();
  const io = { stdout, stderr: stdout, env: {}, cwd: process.cwd(), signal, now: Date.now };
  await main([...words, "--help"], io);
  found[words.join(" ")] = text;
  const [, list = ""] = /^Commands:\n((?: .*\n?)*)/m.exec(text) ?? [];
  for (const [, name] of list.matchAll(/^ {2}([a-z][a-z0-9-]*)/gm)) await ask([...words, name]);
}
await ask([]);
process.stdout.write(JSON.stringify(found));
