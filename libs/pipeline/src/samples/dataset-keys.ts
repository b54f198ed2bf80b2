/** Keys of a model's samples and of its runs, section 3 of the store layout. Models and classes are checked names. */
export const datasetKeys = {
  dataset: (model: string) => `datasets/${model}/`,
  originals: (model: string) => `datasets/${model}/originals/`,
  original: (model: string, className: string, name: string) =>
    `datasets/${model}/originals/${className}/${name}`,
  /** Samples that wait for a person: not learned from. */
  quarantine: (model: string) => `datasets/${model}/quarantine/`,
  quarantined: (model: string, className: string, name: string) =>
    `datasets/${model}/quarantine/${className}/${name}`,
  /** Samples that are only measured on. */
  heldOut: (model: string) => `datasets/${model}/held-out/`,
  heldOutSample: (model: string, className: string, name: string) =>
    `datasets/${model}/held-out/${className}/${name}`,
  /** Who gave a sample, when and from where; by digest, so that the same bytes are taken once. */
  provenance: (model: string, sha256: string) => `datasets/${model}/provenance/${sha256}.json`,
  training: (model: string) => `training/${model}/`,
  runs: (model: string) => `training/${model}/runs/`,
  run: (model: string, run: string) => `training/${model}/runs/${run}.json`,
  /** One object that says which run is on its way; changed by compare-and-swap. */
  lock: (model: string) => `training/${model}/lock.json`,
  cancel: (model: string, run: string) => `training/${model}/cancel/${run}.json`,
  /** What the workers of a run share until it ends. */
  work: (model: string, run: string) => `training/${model}/work/${run}/`,
} as const;
