import type {
  DatasetDetails,
  DatasetSummary,
  RetrainAnswer,
  RetrainRequest,
  TrainingEvent,
  TrainingRun,
} from "@plimsoll/api";

/** A labelled sample, as it was uploaded. Its name and label are what the client says: data, never a path. */
export interface UploadedSample {
  readonly model?: string;
  readonly className: string;
  readonly bytes: Uint8Array;
  /** As the client called the file. */
  readonly fileName?: string;
  /** Address of the client, for quotas and provenance. */
  readonly from?: string;
  readonly signal?: AbortSignal;
}

/** Where a sample went. */
export interface StoredSample {
  /** Key in the store, or path in the local folder below its root. */
  readonly path: string;
  readonly class: string;
  /** False while it waits on this disk for a store that is out of reach. */
  readonly stored: boolean;
  /** These bytes were there already, in this class. */
  readonly duplicate?: boolean;
  /** Why it waits for a person, if it does. */
  readonly quarantined?: string;
}

/** Samples and retraining, as the routes need them. Throws errors with a `code`; `E_NOT_FOUND` for an unknown run or model. */
export interface Training {
  upload(sample: UploadedSample): Promise<StoredSample>;
  /** At once: the run goes on in the background. */
  retrain(request: RetrainRequest): Promise<RetrainAnswer>;
  /** Newest first. */
  runs(): Promise<readonly TrainingRun[]>;
  run(id: string): Promise<TrainingRun>;
  /** What happens from now on, ending with the run. The run's present state comes first. */
  events(id: string, options: { readonly signal: AbortSignal }): AsyncIterable<TrainingEvent>;
  cancel(id: string): Promise<TrainingRun>;
  datasets(): Promise<readonly DatasetSummary[]>;
  dataset(model: string): Promise<DatasetDetails>;
  close(): Promise<void>;
}
