import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";

let dir: TempDir | undefined;
let child: ChildProcess | undefined;
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL");
    await once(child, "close");
  }
  await dir?.remove();
});

const source = new URL("start.ts", import.meta.url).href;
const tsx = createRequire(import.meta.url).resolve("tsx");

/** The server in a process of its own, and everything it says. */
async function run(env: Readonly<Record<string, string>>) {
  dir = await tempDir();
  const code = `import { start } from ${JSON.stringify(source)}; await start();`;
  const args = [
    "--conditions=@plimsoll/source",
    "--import",
    tsx,
    "--input-type=module",
    "-e",
    code,
  ];
  child = spawn(process.execPath, args, {
    cwd: dir.path,
    env: {
      PATH: process.env["PATH"],
      HOME: dir.path,
      PLIMSOLL_CACHE_DIR: dir.join("cache"),
      TSX_TSCONFIG_PATH: fileURLToPath(new URL("../tsconfig.json", import.meta.url)),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const started = child;
  const said = { out: "", err: "" };
  started.stdout?.on("data", (text: Buffer) => (said.out += text.toString()));
  started.stderr?.on("data", (text: Buffer) => (said.err += text.toString()));
  const ended = once(started, "close") as Promise<[number | null, string | null]>;
  const listening = (async () => {
    for (;;) {
      const port = /serving at http:\/\/127\.0\.0\.1:(\d+)/.exec(said.out)?.[1];
      if (port !== undefined) return Number(port);
      if (started.exitCode !== null) throw new Error(`it ended: ${said.out}${said.err}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  listening.catch(() => undefined);
  return { child: started, said, ended, listening };
}

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
};

test("a variable that cannot be used stops the start with one line that names it, exit code 2", async () => {
  const { said, ended } = await run({ PORT: "eighty" });
  expect(await ended).toEqual([2, null]);
  expect(said.err).toMatch(/^plimsoll-server: E_USAGE PORT: [^\n]+\n$/);
}, 180_000);

test("V14: SIGTERM ends an idle server with 0; an empty store and no model do not stop its start", async () => {
  const running = await run({ PORT: "0", ADMIN_TOKEN: "", MODEL_STORE: "http://127.0.0.1:9/none" });
  const port = await running.listening;
  const health = await fetch(`http://127.0.0.1:${port}/health/ready`);
  expect(health.status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port}/api/v1/admin/health`)).status).toBe(404);
  running.child.kill("SIGTERM");
  expect(await running.ended).toEqual([0, null]);
}, 180_000);

test("V14: a second SIGTERM ends it at once, whatever is in flight", async () => {
  const running = await run({ PORT: "0" });
  const port = await running.listening;
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(
    "POST /api/v1/classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
  );
  const inProgress = async (): Promise<boolean> => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return /plimsoll_requests_in_progress 2\n/.test(text);
  };
  await until(inProgress);
  running.child.kill("SIGTERM");
  await until(async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).status === 503);
  running.child.kill("SIGTERM");
  expect(await running.ended).toEqual([143, null]);
  socket.destroy();
}, 180_000);
