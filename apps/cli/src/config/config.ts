import type { JsonObject } from "@plimsoll/manifest";

/** The content of `plimsoll.config.json`, checked against `configSchema`; paths as written. */
export interface Config {
  readonly stores?: Readonly<Record<string, string>>;
  readonly publish?: {
    readonly from?: string;
    readonly to?: readonly string[];
    readonly model?: string;
    readonly channel?: string;
    readonly include?: readonly string[];
    readonly exclude?: readonly string[];
  };
  readonly sync?: { readonly dir?: string; readonly channel?: string };
  readonly serve?: {
    readonly models?: Readonly<
      Record<
        string,
        { readonly channel?: string; readonly source?: string; readonly pin?: boolean }
      >
    >;
    readonly aliases?: Readonly<Record<string, string>>;
    readonly memoryBudget?: string;
    readonly adminPort?: number;
  };
  /** Checked by `readTrainSettings` when it is used. */
  readonly train?: JsonObject;
  readonly keys?: readonly {
    readonly id: string;
    /** PEM, or the path of one. */
    readonly publicKey: string;
    /** ISO 8601. */
    readonly notBefore?: string;
    readonly notAfter?: string;
  }[];
  readonly attestation?: {
    readonly repository: string;
    readonly repositoryId?: string;
    readonly workflow: string;
    readonly ref: string;
    /** Path. */
    readonly trustedRoot: string;
    readonly allowSelfHosted?: boolean;
  };
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
