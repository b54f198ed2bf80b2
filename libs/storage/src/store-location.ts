/** The kinds of store that a URL can name; a kind is the key of the driver table. */
export type StoreKind = "file" | "http" | "s3" | "gcs" | "github" | "huggingface";

/** A store URL taken apart. */
export interface StoreLocation {
  readonly kind: StoreKind;
  /** The URL in its normal form, options included. It holds no secret: `parseStoreUrl` refuses those. */
  readonly url: string;
  /** `file`: absolute path of the folder. `http`: origin. `s3`, `gcs`: bucket. `github`, `huggingface`: `owner/repo`. */
  readonly root: string;
  /** What stands before every key inside the root, without slashes at its ends; often empty. */
  readonly prefix: string;
  /** Options of the query by name; which ones there are is said in `storeOptions`. */
  readonly options: Readonly<Record<string, string>>;
}
