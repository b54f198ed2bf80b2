export type {
  ConformanceCase,
  ConformanceContext,
  ConformanceStore,
  MakeStore,
} from "./conformance-case.ts";
export { driverConformance } from "./driver-conformance.ts";
export {
  runConformance,
  type RunConformanceOptions,
  type TestFunction,
} from "./run-conformance.ts";
