import { expect, test } from "@jest/globals";
import { FetchError } from "./error.ts";
import { Sources, type SourceState } from "./sources.ts";

const signal = new AbortController().signal;

function setUp(urls: string[]) {
  let now = 0;
  const slept: number[] = [];
  const settings = {
    now: () => now,
    sleep: async (ms: number) => {
      slept.push(ms);
      // A timer that fires early.
      now += ms - 1;
    },
  };
  const ask = () => Promise.reject(new Error("not asked"));
  const sources = new Sources(urls.map((url) => ({ url, ask })));
  const pick = (): Promise<SourceState> => sources.pick(settings, signal);
  const picked = async (): Promise<string> => (await pick()).source.url;
  return { sources, pick, picked, slept };
}

test("the first is asked until it has to wait, then the next, which stays", async () => {
  const { sources, pick, picked, slept } = setUp(["a", "b"]);
  const a = await pick();
  expect(a.source.url).toBe("a");
  sources.block(a, 500);
  expect([sources.isReady(0), await picked(), await picked()]).toEqual([true, "b", "b"]);
  sources.block(await pick(), 300);
  expect(sources.isReady(0)).toBe(false);
  expect([await picked(), slept]).toEqual(["b", [300]]);
});

test("a buried source is not asked again; where all refuse, the first one's word is thrown", async () => {
  const { sources, pick, picked } = setUp(["a", "b"]);
  sources.bury(await pick(), new FetchError("E_NOT_FOUND", "a is gone"));
  expect(await picked()).toBe("b");
  sources.bury(await pick(), new FetchError("E_AUTH", "b says no"));
  await expect(pick()).rejects.toThrow("a is gone");
});

test("wrong bytes weigh more than a refusal", async () => {
  const { sources, pick } = setUp(["a", "b"]);
  sources.bury(await pick(), new FetchError("E_AUTH", "a says no"));
  sources.bury(await pick(), new FetchError("E_DIGEST", "b lies"));
  await expect(pick()).rejects.toThrow("b lies");
});

test("after wrong bytes another source is asked, or the same when there is no other", async () => {
  const { sources, pick, picked } = setUp(["a", "b"]);
  const wrong = new FetchError("E_DIGEST", "wrong");
  (await pick()).delivered = true;
  expect(sources.delivering?.source.url).toBe("a");
  expect(sources.distrust(wrong)).toBe(true);
  expect(await picked()).toBe("b");
  (await pick()).delivered = true;
  expect(sources.distrust(wrong)).toBe(false);
  expect(await picked()).toBe("b");
});

test("a wait ends with the signal", async () => {
  const stop = new AbortController();
  stop.abort(new Error("enough"));
  const { sources } = setUp(["a"]);
  const settings = { now: () => 0, sleep: () => Promise.resolve() };
  await expect(sources.pick(settings, stop.signal)).rejects.toThrow("enough");
});
