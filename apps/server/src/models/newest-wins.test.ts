import { expect, test } from "@jest/globals";
import { newestWins } from "./newest-wins.ts";

test("the same task is joined, a newer one ends the older", async () => {
  const tasks = newestWins<number>("scale");
  let runs = 0;
  const slow = (signal: AbortSignal): Promise<number> =>
    new Promise((resolve, reject) => {
      runs += 1;
      const timer = setTimeout(() => resolve(runs), 20);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(new Error("ended"));
      });
    });
  const same = [tasks.run("a", slow), tasks.run("a", slow)];
  const newer = tasks.run("b", slow);
  for (const task of same) await expect(task).rejects.toMatchObject({ code: "E_SUPERSEDED" });
  expect(await newer).toBe(2);
  expect(tasks.isBusy()).toBe(false);
});

test("who joins lets another task finish first, and its failure is not theirs", async () => {
  const tasks = newestWins<string>("scale");
  const failing = tasks.run("reload", () => Promise.reject(new Error("broken")));
  expect(await tasks.join("first", () => Promise.resolve("loaded"))).toBeUndefined();
  await expect(failing).rejects.toThrow("broken");
  expect(await tasks.join("first", () => Promise.resolve("loaded"))).toBe("loaded");
});

test("stop ends what runs", async () => {
  const tasks = newestWins<void>("scale");
  const running = tasks.run(
    "a",
    (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason as Error)),
      ),
  );
  tasks.stop();
  await expect(running).rejects.toMatchObject({ code: "E_CLOSED" });
  await tasks.settled();
});
