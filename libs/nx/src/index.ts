export { createNodesV2 } from "./create-nodes.ts";
export type { WeightsPluginOptions } from "./weight-targets.ts";
