import type { Driver } from "@plimsoll/storage";

/** The end of a process, as far as a test can play it: no code of ours may catch it and go on. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** When a store dies: before or after its `at`-th change (from 1), and from then on for ever. */
export interface CrashPlan {
  readonly at: number;
  readonly when: "before" | "after";
}

/** A store whose changes are counted, and which crashes at one of them. Reads work until then. */
export function crashingDriver(
  driver: Driver,
  plan?: CrashPlan,
): Driver & { readonly changes: () => number } {
  let changes = 0;
  let dead = false;
  const look = (): void => {
    if (dead) throw new Crash("the process is gone");
  };
  const change = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    look();
    const mine = ++changes;
    const dies = plan?.at === mine;
    dead ||= dies;
    if (dies && plan?.when === "before") throw new Crash(`before change ${mine}`);
    const result = await act();
    if (dies) throw new Crash(`after change ${mine}`);
    return result;
  };
  const { swap } = driver;
  return {
    kind: driver.kind,
    url: driver.url,
    changes: () => changes,
    stat: async (...args) => (look(), await driver.stat(...args)),
    read: async (...args) => (look(), await driver.read(...args)),
    list: (...args) => (look(), driver.list(...args)),
    write: async (...args) => await change(() => driver.write(...args)),
    remove: async (...args) => await change(() => driver.remove(...args)),
    ...(swap && { swap: async (...args) => await change(() => swap.apply(driver, args)) }),
    locate: (key) => driver.locate(key),
    close: async () => await driver.close(),
    ...(driver.limits && { limits: driver.limits }),
  };
}
