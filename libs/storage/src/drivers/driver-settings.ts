import { systemClock } from "../clock.ts";
import { sleep } from "../sleep.ts";
import type { DriverSettings, OpenStoreOptions } from "./driver-factory.ts";

/** The options of an open store with their defaults. */
export function driverSettings(options: OpenStoreOptions = {}): DriverSettings {
  return {
    ...options,
    env: options.env ?? process.env,
    allowHttp: options.allowHttp ?? false,
    credentials: options.credentials ?? {},
    clock: options.clock ?? systemClock,
    sleep: options.sleep ?? sleep,
    random: options.random ?? Math.random,
    log: options.log ?? (() => undefined),
  };
}
