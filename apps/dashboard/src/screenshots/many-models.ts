import { contractModel, type ContractState, contractState } from "../testing/contract-state.ts";

/** 200 models, every ninth with a name as long as names may be found. */
export function manyModels(now: number): ContractState {
  const tasks = ["object-detection", "audio-classification", "image-classification"] as const;
  const models = Array.from({ length: 200 }, (_, index) => {
    const long =
      index % 9 === 0 ? "-with-a-name-that-somebody-found-descriptive-enough-to-keep" : "";
    const task = tasks[index % 3] ?? "tensor";
    const versions = ["v1.0.0", "v1.1.0-with-a-long-suffix.20261121"];
    const location = index % 4 ? "loaded" : "remote";
    return contractModel(
      `model-${String(index).padStart(3, "0")}${long}`,
      { task, versions, location, requests: index * 37 },
      now,
    );
  });
  return { ...contractState(now), models: new Map(models.map((m) => [m.summary.model, m])) };
}
