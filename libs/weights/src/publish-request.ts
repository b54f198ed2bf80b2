import type { JsonObject, ParsedManifest } from "@plimsoll/manifest";

/** What `publishWeights` takes. */
export interface PublishOptions {
  /** Absolute or relative paths of the weight files, or one folder. */
  readonly from: readonly string[];
  /** Store URLs. */
  readonly to: readonly string[];
  /** `v` + semver with an optional suffix. */
  readonly release: string;
  /** Default: the config's, else the single file's name without extension, else the folder's name. */
  readonly model?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Files whose failed download is only a warning: entries get `required: false`. */
  readonly optional?: readonly string[];
  /** Moves this channel to the version when it is visible. */
  readonly channel?: string;
  readonly description?: string;
  /** Section 5 of the contracts; default: what lies in the folder. */
  readonly metadata?: JsonObject;
  /** Where the pinning manifest is written; default `<folder>/manifest.json`; false: nowhere. */
  readonly manifestPath?: string | false;
  /** Base of the URLs in the manifest instead of the store's own (a CDN). */
  readonly publicUrl?: string;
  readonly allowHttp?: boolean;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PublishEvent) => void;
  readonly now?: () => Date;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type PublishEvent =
  | { readonly type: "hash"; readonly name: string; readonly bytes: number; readonly size: number }
  | {
      readonly type: "upload";
      readonly store: string;
      readonly name: string;
      readonly bytes: number;
      readonly size: number;
    }
  | { readonly type: "readback"; readonly store: string; readonly name: string }
  | { readonly type: "visible"; readonly store: string; readonly release: string }
  | { readonly type: "already-published"; readonly store: string; readonly release: string }
  | { readonly type: "store-failed"; readonly store: string; readonly code: string; readonly message: string }
  | { readonly type: "warning"; readonly message: string };

export interface PublishResult {
  readonly manifest: ParsedManifest;
  /** Path of the pinning manifest that was written. */
  readonly manifestPath: string | undefined;
  readonly release: string;
  readonly model: string | undefined;
  readonly files: readonly { readonly name: string; readonly size: number; readonly sha256: string }[];
  readonly stores: readonly {
    readonly url: string;
    readonly outcome: "published" | "already-published" | "failed";
    readonly uploadedBytes: number;
    readonly elapsedMs: number;
    readonly error?: { readonly code: string; readonly message: string };
  }[];
}
