import { bytesSource } from "../bytes-source.ts";
import type { ConformanceCase, ConformanceStore, MakeStore } from "./conformance-case.ts";
import { driverConformance } from "./driver-conformance.ts";
import { fixture } from "./fixture.ts";

/** `test` of Jest, Vitest or node:test. */
export interface TestFunction {
  (name: string, run: () => Promise<void>, timeoutMs?: number): unknown;
  readonly skip: (name: string, run: () => Promise<void>) => unknown;
}

export interface RunConformanceOptions {
  readonly test: TestFunction;
  /** The store cannot be written: only the reading part is run. Default false. */
  readonly readOnly?: boolean;
  /** The store cannot list. Default false. */
  readonly noList?: boolean;
  /** Writers at the same time in a race; default 16. */
  readonly writers?: number;
  /** Bytes of a large object; should be several parts of the driver's upload. Default 5 MiB + 4,321. */
  readonly largeBytes?: number;
  /** Longest time of one case; default 30,000. */
  readonly timeoutMs?: number;
  /** Cases, by name, that this host cannot keep, and why. They are reported as skipped. */
  readonly except?: Readonly<Record<string, string>>;
}

/**
 * Registers every case of the suite that is about this driver as a test, and every other one as skipped. It opens one
 * store to ask for its powers, so it is to be awaited at the top of a test file. Each test gets a store of its own.
 */
export async function runConformance(
  makeStore: MakeStore,
  options: RunConformanceOptions,
): Promise<void> {
  const { test, except = {}, timeoutMs = 30_000 } = options;
  const names = new Set(driverConformance.map(({ name }) => name));
  for (const name of Object.keys(except)) {
    if (!names.has(name)) throw new Error(`no case of the suite is called "${name}"`);
  }
  const probe = await makeStore(new Map());
  const isFor = (one: ConformanceCase): boolean => one.needs?.(probe.driver) ?? true;
  const selected = driverConformance
    .filter(({ access }) => applies(access, options))
    .map((one) => ({ one, isMeant: isFor(one) }));
  await end(probe);
  for (const { one, isMeant } of selected) {
    const run = (): Promise<void> => runCase(one, makeStore, options);
    if (isMeant && !Object.hasOwn(except, one.name)) test(one.name, run, timeoutMs);
    else test.skip(`${one.name} (${except[one.name] ?? "not a power of this driver"})`, run);
  }
}

function applies(access: ConformanceCase["access"], options: RunConformanceOptions): boolean {
  const { readOnly = false, noList = false } = options;
  if (access === "write") return !readOnly;
  if (access === "list") return !noList;
  if (access === "refuse-write") return readOnly;
  if (access === "refuse-list") return noList;
  return true;
}

async function runCase(
  one: ConformanceCase,
  makeStore: MakeStore,
  options: RunConformanceOptions,
): Promise<void> {
  const content = one.access === "write" ? new Map<string, Uint8Array>() : fixture;
  const store = await makeStore(content);
  try {
    if (options.readOnly !== true) {
      for (const [key, bytes] of content) await store.driver.write(key, bytesSource(bytes, key));
    }
    await one.run({
      ...store,
      fixture: content,
      writers: options.writers ?? 16,
      largeBytes: options.largeBytes ?? 5 * 1024 * 1024 + 4321,
    });
  } finally {
    await end(store);
  }
}

async function end(store: ConformanceStore): Promise<void> {
  await store.driver.close();
  await store.dispose?.();
}
