import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { holderState, newToken } from "./holder.ts";

const onLinux = existsSync("/proc/self/stat") ? test : test.skip;

test("tokens are new each time and safe as names", () => {
  const tokens = Array.from({ length: 100 }, newToken);
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) expect(token).toMatch(/^[0-9a-z-]{1,70}$/);
});

/** This process's token as another process of this machine would have made it. */
function tokenOf(pid: number, start: string): string {
  const [machine, , , random] = newToken().split("-");
  return [machine, pid, start, random].join("-");
}

onLinux("D7: this process is alive", () => {
  expect(holderState(newToken())).toBe("alive");
});

onLinux("D7: a pid that was given to another process since is gone", () => {
  const start = newToken().split("-")[2] ?? "";
  expect(holderState(tokenOf(process.pid, start))).toBe("alive");
  expect(holderState(tokenOf(process.pid, String(Number(start) - 1)))).toBe("gone");
});

test("D7: a process that has ended is gone", () => {
  const { pid } = spawnSync(process.execPath, ["-e", "0"]);
  expect(holderState(tokenOf(pid, "1"))).toBe("gone");
});

onLinux("D7: a process that is dead and not reaped is gone", async () => {
  // The shell's child ends at once; the sleep that the shell becomes never reaps it.
  const shell = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 30"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const [line] = (await once(shell.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    const stat = (): string => readFileSync(`/proc/${pid}/stat`, "utf8");
    while (!stat().includes(") Z ")) await setTimeout(5);
    const start = stat().split(") ")[1]?.split(" ")[19] ?? "";
    expect(holderState(tokenOf(pid, start))).toBe("gone");
  } finally {
    shell.kill("SIGKILL");
  }
});

test("D7: a process of another machine, or without a token of ours, is unknown", () => {
  const [, pid, start, random] = newToken().split("-");
  expect(holderState(["000000000000", pid, start, random].join("-"))).toBe("unknown");
  expect(holderState("written by hand")).toBe("unknown");
  expect(holderState("")).toBe("unknown");
});
