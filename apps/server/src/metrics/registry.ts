import { createRequire } from "node:module";
import type { Counter, Gauge, Histogram, Registry } from "prom-client";

/**
 * The classes of prom-client by their files: its index also loads collectors of the process that cost 10 MB and are not
 * used here.
 */
const load = createRequire(import.meta.url);

export const prometheus = {
  Counter: load("prom-client/lib/counter") as typeof Counter,
  Gauge: load("prom-client/lib/gauge") as typeof Gauge,
  Histogram: load("prom-client/lib/histogram") as typeof Histogram,
  Registry: load("prom-client/lib/registry") as typeof Registry,
};
