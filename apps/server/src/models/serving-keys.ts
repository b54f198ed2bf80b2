/** Keys of what servers keep in a store; those of versions and channels are the weights room's `storeKeys`. */
export const servingKeys = {
  metadata: (model: string) => `models/${model}/metadata.json`,
  config: (model: string) => `models/${model}/config.json`,
  desired: (model: string) => `models/${model}/desired.json`,
  replicas: (model: string) => `models/${model}/replicas/`,
  replica: (model: string, id: string) => `models/${model}/replicas/${id}.json`,
} as const;
