import type { ConformanceCase } from "./conformance-case.ts";
import { failedWrites } from "./failed-writes.ts";
import { keys } from "./keys.ts";
import { listing } from "./listing.ts";
import { powers } from "./powers.ts";
import { races } from "./races.ts";
import { reading } from "./reading.ts";
import { writing } from "./writing.ts";

/** What a driver has to keep, whatever its host. Bound to no test framework: a case passes or throws. */
export const driverConformance: readonly ConformanceCase[] = [
  ...reading,
  ...listing,
  ...keys,
  ...writing,
  ...failedWrites,
  ...races,
  ...powers,
];
