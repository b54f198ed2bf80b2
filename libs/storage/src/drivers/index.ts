import type { StoreKind } from "../store-location.ts";
import type { DriverFactory } from "./driver-factory.ts";

/** Every driver: one line here, one file beside this one, one page `docs/how-to/store-<kind>.md`. Loaded when used. */
export const drivers: Readonly<Partial<Record<StoreKind, () => Promise<DriverFactory>>>> = {
  file: async () => (await import("./file.ts")).openFileStore,
  http: async () => (await import("./http.ts")).openHttpStore,
  gcs: async () => (await import("./gcs.ts")).openGcsStore,
  huggingface: async () => (await import("./huggingface.ts")).openHuggingFaceStore,
  s3: async () => (await import("./s3.ts")).openS3Store,
  github: async () => (await import("./github.ts")).openGithubStore,
};
