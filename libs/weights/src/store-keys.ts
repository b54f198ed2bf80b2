/** Keys of the store layout, docs/protocol/store-layout.md. Models and versions are checked names: no escaping needed. */
export const storeKeys = {
  models: () => "models/",
  model: (model: string) => `models/${model}/`,
  /** Prefix of everything that belongs to one version. */
  version: (model: string, release: string) => `models/${model}/${release}/`,
  manifest: (model: string, release: string) => `models/${model}/${release}/manifest.json`,
  checksums: (model: string, release: string) => `models/${model}/${release}/SHA256SUMS`,
  metadata: (model: string) => `models/${model}/metadata.json`,
  channels: (model: string) => `models/${model}/channels/`,
  channel: (model: string, channel: string) => `models/${model}/channels/${channel}.json`,
  /** Where hosts without a conditional write keep one create-only file for each move of a channel. */
  channelMoves: (model: string, channel: string) => `models/${model}/channels/${channel}/`,
  /** Notes that withdraw versions; outside the versions, which never change. */
  yankedNotes: (model: string) => `models/${model}/yanked/`,
  yanked: (model: string, release: string) => `models/${model}/yanked/${release}.json`,
  /** How the smoke test of a published version came out. */
  smoke: (model: string, release: string) => `models/${model}/smoke/${release}.json`,
  attestation: (model: string, release: string) => `models/${model}/${release}/attestation.jsonl`,
  signature: (model: string, release: string) => `models/${model}/${release}/model.sig`,
} as const;

/** Folders of a model that are no versions. */
export const notVersions: ReadonlySet<string> = new Set([
  "channels",
  "replicas",
  "smoke",
  "yanked",
]);
