import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import type { Errand } from "./testing/bring.child.ts";
import { openCache } from "./open-cache.ts";
import { weights } from "./testing/stock.ts";

const script = fileURLToPath(new URL("./testing/bring.child.ts", import.meta.url));
const children = new Set<ChildProcess>();

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

interface Worker {
  readonly child: ChildProcess;
  /** Resolves with all that it said, when it has said this much or has ended. */
  until(text: string): Promise<string>;
}

function start(errand: Errand): Worker {
  const args = ["--conditions=@plimsoll/source", "--import", "tsx", script, JSON.stringify(errand)];
  const child = spawn(process.execPath, args, {
    cwd: dirname(script),
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  children.add(child);
  let said = "";
  const ended = once(child, "close");
  const hear = (text: Buffer): void => {
    said += text.toString();
    child.emit("said");
  };
  child.stdout?.on("data", hear);
  child.stderr?.on("data", hear);
  const until = async (text: string): Promise<string> => {
    while (!said.includes(text)) {
      if ((await Promise.race([once(child, "said"), ended.then(() => "ended")])) === "ended") break;
    }
    return said;
  };
  return { child, until };
}

function errandIn(dir: TempDir, rest: Partial<Errand> & { readonly app: string }): Errand {
  return {
    dir: dir.join("cache"),
    size: 60_000,
    rounds: 1,
    downloads: dir.join("downloads"),
    ...rest,
  };
}

const linesOf = async (path: string): Promise<string[]> =>
  (await readFile(path, "utf8")).trim().split("\n");

test("D6: eight processes want the same files, round after round: each is brought once, all get it right", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("downloads"), "");
  const rounds = 50;
  const workers = Array.from({ length: 8 }, (_, index) =>
    start(errandIn(dir, { app: dir.join(`app${index}`), rounds, size: 20_000 })),
  );
  for (const said of await Promise.all(workers.map((worker) => worker.until("done")))) {
    expect(said).toBe("done\n");
  }
  const downloads = (await linesOf(dir.join("downloads"))).map((line) =>
    Number(line.split(" ")[0]),
  );
  expect(downloads.sort((a, b) => a - b)).toEqual(Array.from({ length: rounds }, (_, i) => i));
  const cache = await openCache({ dir: dir.join("cache") });
  expect(await cache.verify()).toEqual({ checked: rounds, damaged: [] });
  for (const folder of ["partial", "locks", "tmp"]) {
    expect(await readdir(dir.join("cache/v1", folder))).toEqual([]);
  }
  for (let index = 0; index < 8; index += 1) {
    expect(await readdir(dir.join(`app${index}`))).toHaveLength(rounds);
  }
}, 180_000);

test("D7: when the one who brings is killed another goes on where he stopped, and the rest get its file", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("downloads"), "");
  const holder = start(errandIn(dir, { app: dir.join("app"), stopAfter: 40_960 }));
  expect(await holder.until("stopped")).toBe("stopped\n");
  const cache = await openCache({ dir: dir.join("cache") });
  const { sha256, bytes } = weights(0, 60_000);
  await expect(cache.reserve(sha256, { waitMs: 100 })).rejects.toMatchObject({
    code: "E_LOCKED",
    message: expect.stringContaining(`process ${holder.child.pid} on`),
  });
  const followers = [1, 2, 3].map((index) =>
    start(errandIn(dir, { app: dir.join(`app${index}`) })),
  );
  holder.child.kill("SIGKILL");
  for (const follower of followers) expect(await follower.until("done")).toBe("done\n");
  const downloads = await linesOf(dir.join("downloads"));
  expect(downloads).toHaveLength(2);
  const found = await cache.find(sha256, { full: true });
  expect((await readFile(found ?? "")).equals(bytes)).toBe(true);
  expect(await readdir(dir.join("cache/v1/partial"))).toEqual([]);
  expect(await readdir(dir.join("cache/v1/locks"))).toEqual([]);
}, 180_000);
