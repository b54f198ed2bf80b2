import { expect, test } from "@jest/globals";
import { type Driver, openStore } from "@plimsoll/storage";
import { tempDir } from "@plimsoll/testing";
import { lockedBy, takeLock } from "./run-lock.ts";

async function withStores(act: (store: Driver) => Promise<void>): Promise<void> {
  await using dir = await tempDir();
  const store = await openStore(dir.join("store"));
  await act(store);
  const plain = await openStore(dir.join("plain"));
  // A host without a conditional replacement.
  await act(
    new Proxy(plain, {
      get: (target, name) => (name === "swap" ? undefined : bound(target, name)),
    }),
  );
}

function bound(target: Driver, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target);
  return typeof value === "function" ? (value.bind(target) as unknown) : value;
}

test("one holds it; it is taken over when it has expired, and the one before is told", async () => {
  await withStores(async (store) => {
    let time = Date.parse("2026-11-21T10:00:00Z");
    const now = (): Date => new Date(time);
    const base = { store, model: "m", ttlMs: 1000, now };
    const first = await takeLock({ ...base, run: "r1", owner: "a" });
    expect(await lockedBy(store, "m", now())).toBe("r1");
    await expect(takeLock({ ...base, run: "r2", owner: "b" })).rejects.toMatchObject({
      code: "E_LOCKED",
      cause: "r1",
    });
    time += 900;
    await first.renew();
    time += 900;
    await expect(takeLock({ ...base, run: "r2", owner: "b" })).rejects.toMatchObject({
      code: "E_LOCKED",
    });
    time += 200;
    if (store.swap) {
      const second = await takeLock({ ...base, run: "r2", owner: "b" });
      await expect(first.renew()).rejects.toMatchObject({ code: "E_CONFLICT" });
      await first.release();
      expect(await lockedBy(store, "m", now())).toBe("r2");
      await second.release();
      expect(await lockedBy(store, "m", now())).toBeUndefined();
    }
  });
});

test("a run that waits in a queue holds it for whoever works on it, and hands it over again", async () => {
  await withStores(async (store) => {
    if (!store.swap) return;
    const base = { store, model: "m", ttlMs: 60_000 };
    await takeLock({ ...base, run: "r1", owner: "" });
    await expect(takeLock({ ...base, run: "r2", owner: "" })).rejects.toMatchObject({
      code: "E_LOCKED",
    });
    const lock = await takeLock({ ...base, run: "r1", owner: "worker" });
    await expect(takeLock({ ...base, run: "r1", owner: "other" })).rejects.toMatchObject({
      code: "E_LOCKED",
    });
    await lock.handOver(60_000);
    await takeLock({ ...base, run: "r1", owner: "other" });
  });
});
