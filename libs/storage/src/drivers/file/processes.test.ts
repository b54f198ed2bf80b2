import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, jest, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";

import { bytesSource } from "../../bytes-source.ts";
import { patternBytes } from "../../conformance/pattern-bytes.ts";
import { openStore } from "../../open-store.ts";
import type { Errand } from "./store.child.ts";

// Each test starts processes of its own, which takes its time on a busy machine.
jest.setTimeout(60_000);

const script = fileURLToPath(new URL("./store.child.ts", import.meta.url));

/** Starts a process with an errand, behind shell words such as `ulimit -f 8; exec`. */
function start(errand: Errand, behind = "exec", uid?: number): ChildProcess {
  const args = ["--conditions=@plimsoll/source", "--import", "tsx", script, JSON.stringify(errand)];
  return spawn("sh", ["-c", `${behind} "$0" "$@"`, process.execPath, ...args], {
    cwd: join(script, "../../../.."),
    env: { PATH: process.env["PATH"], ...(uid !== undefined && { TSX_DISABLE_CACHE: "1" }) },
    stdio: ["ignore", "pipe", "inherit"],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
}

async function finish(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(child, "close");
  return text.trim();
}

test("D6, S7: three processes count in one file and lose no step", async () => {
  await using dir = await tempDir();
  const errand = { root: dir.path, key: "c/n.json", act: "count", amount: 15, seed: 0 } as const;
  const driver = await openStore(dir.path);
  await driver.swap?.(errand.key, Buffer.from("0"), { expected: null });
  const outcomes = await Promise.all([1, 2, 3].map(() => finish(start(errand))));
  expect(outcomes).toEqual(["done", "done", "done"]);
  expect(await readFile(dir.join("c/n.json"), "utf8")).toBe("45");
  expect(await readdir(dir.join("c"))).toEqual(["n.json"]);
});

test("D6, S1: of three processes that create one object one wins, and it is whole", async () => {
  await using dir = await tempDir();
  const amount = 3_000_000;
  const create = (seed: number) =>
    start({ root: dir.path, key: "m/w.onnx", act: "create", amount, seed });
  const outcomes = await Promise.all([1, 2, 3].map((seed) => finish(create(seed))));
  expect(outcomes.filter((text) => text === "done")).toHaveLength(1);
  expect(outcomes.filter((text) => text.startsWith("E_EXISTS"))).toHaveLength(2);
  const stored = await readFile(dir.join("m/w.onnx"));
  expect(stored.equals(patternBytes(amount, outcomes.indexOf("done") + 1))).toBe(true);
  expect(await readdir(dir.join("m"))).toEqual(["w.onnx"]);
});

test("D4: a writer killed half-way leaves nothing to be seen, and the next write cleans up", async () => {
  await using dir = await tempDir();
  const child = start({ root: dir.path, key: "m/w.onnx", act: "hang", amount: 4_000_000, seed: 1 });
  await once(child.stdout ?? child, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  expect(await readdir(dir.join("m"))).toHaveLength(1);
  const driver = await openStore(dir.path);
  expect(await driver.stat("m/w.onnx")).toBeUndefined();
  for await (const entry of driver.list("")) throw new Error(`${entry.key} is listed`);
  await driver.write("m/w.onnx", bytesSource(Buffer.from("x"), "x"), { onlyIfAbsent: true });
  expect(await readdir(dir.join("m"))).toEqual(["w.onnx"]);
});

test("D1: a file that hits the limit of its size is E_DISK, and leaves nothing", async () => {
  await using dir = await tempDir();
  const errand = {
    root: dir.path,
    key: "m/w.onnx",
    act: "create",
    amount: 900_000,
    seed: 1,
  } as const;
  expect(await finish(start(errand, "ulimit -f 800; exec"))).toMatch(/^E_DISK .*EFBIG/);
  expect(await readdir(dir.join("m"))).toEqual([]);
});

const withStrace = spawnSync("strace", ["-V"]).status === 0 ? test : test.skip;

withStrace("D5: the file is flushed before it gets its name, and its folder after", async () => {
  await using dir = await tempDir();
  const log = dir.join("trace");
  const calls = "fsync,link,linkat,rename,renameat,renameat2";
  const errand = {
    root: dir.join("s"),
    key: "m/w.onnx",
    act: "create",
    amount: 900,
    seed: 1,
  } as const;
  const behind = `exec strace -f --seccomp-bpf -y -qq -o ${log} -e trace=${calls}`;
  expect(await finish(start(errand, behind))).toBe("done");
  const steps = (await readFile(log, "utf8"))
    .split("\n")
    .filter((line) => line.includes(errand.root))
    .map((line) => line.replace(/^\d+ +/, ""))
    .flatMap((line) => {
      if (line.startsWith("fsync")) return [`flush ${/<(.*)>/.exec(line)?.[1]}`];
      return line.includes('w.onnx") = 0') ? ["name"] : [];
    })
    .map((step) => step.replace(errand.root, "s").replace(/\/\.w\.onnx\..*$/, "/temp"));
  expect(steps.slice(-3)).toEqual(["flush s/m/temp", "name", "flush s/m"]);
  expect(steps).toContain("flush s");
});

withStrace.each([
  ["D1", "pwrite64", "ENOSPC", /^E_DISK .*no space left/],
  ["D2", "link,linkat", "EROFS", /^E_DISK .*read-only/],
  ["D3", "fsync", "EIO", /^E_DISK .*disk reported an error/],
])("%s: %s that fails with %s is E_DISK, and nothing is left", async (_, call, code, text) => {
  await using dir = await tempDir();
  await mkdir(dir.join("m"));
  const errand = { root: dir.path, key: "m/w.onnx", act: "create", amount: 900, seed: 1 } as const;
  const inject = `-e trace=${call} -e inject=${call}:error=${code}`;
  const outcome = await finish(
    start(errand, `exec strace -f --seccomp-bpf -qq -o /dev/null ${inject}`),
  );
  expect(outcome).toMatch(text);
  expect(await readdir(dir.join("m"))).toEqual([]);
});

withStrace("on a file system without hard links one of three still wins", async () => {
  await using dir = await tempDir();
  const create = (seed: number) =>
    start(
      { root: dir.path, key: "m/w.onnx", act: "create", amount: 90_000, seed },
      "exec strace -f --seccomp-bpf -qq -o /dev/null -e trace=link,linkat -e inject=link,linkat:error=EPERM",
    );
  const outcomes = await Promise.all([1, 2, 3].map((seed) => finish(create(seed))));
  expect(outcomes.filter((text) => text === "done")).toHaveLength(1);
  expect(outcomes.filter((text) => text.startsWith("E_EXISTS"))).toHaveLength(2);
  const stored = await readFile(dir.join("m/w.onnx"));
  expect(stored.equals(patternBytes(90_000, outcomes.indexOf("done") + 1))).toBe(true);
  expect(await readdir(dir.join("m"))).toEqual(["w.onnx"]);
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot("D2: a folder of somebody else is E_DISK, and names the folder", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("x"), "x");
  const errand = {
    root: dir.path,
    key: "m/w.onnx",
    act: "create",
    amount: 900,
    seed: 1,
  } as const;
  const outcome = await finish(start(errand, "exec", 65_534));
  expect(outcome).toMatch(/^E_DISK .*not allowed.*EACCES/);
  expect(outcome).toContain(dir.path);
});
