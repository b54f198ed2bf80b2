/** What onnxruntime-node 1.30 reads, measured with a model of each version. */
export const runtimeLimits = { maxIr: 13, minOpset: 7, maxOpset: 26 } as const;
