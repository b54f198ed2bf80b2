import type { ModelMetadata } from "@plimsoll/manifest";

/** One file of a model version on this disk. */
export interface ModelFile {
  /** Name in the manifest. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** 64 lower-case hexadecimal digits. Checked at every load. */
  readonly sha256: string;
}

/** A model version whose files are on this disk: what can be loaded. */
export interface ModelFiles {
  /** Name of the model. */
  readonly model: string;
  /** Its version, `v1.2.0`; `local` for a folder without a manifest. */
  readonly version: string;
  /** All files. External data of an ONNX model lies in the same folder as the `.onnx` file. */
  readonly files: readonly ModelFile[];
  /** Name of the `.onnx` file to load; needed only where there are several. */
  readonly main?: string;
  /** What answers name as the version's digest, where the files were converted. Default: that of the loaded file. */
  readonly digest?: string;
  readonly metadata?: ModelMetadata;
  /** Absolute path of a module with pre- and postprocessing of this host's own; never one that came with the files. */
  readonly custom?: string;
}
