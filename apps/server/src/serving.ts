import type {
  CacheClearAnswer,
  CacheGcAnswer,
  CacheGcRequest,
  CacheStatusAnswer,
  ChannelAnswer,
  ConfigAnswer,
  ModelDetails,
  ModelSettings,
  ModelSummary,
  PromoteRequest,
  ReloadAnswer,
  ReloadRequest,
  Replica,
  RollbackRequest,
  ServerEvent,
  Status,
  StoreHealth,
  SyncStatus,
  SystemAnswer,
  TaskName,
  TrafficRequest,
  VersionsAnswer,
} from "@plimsoll/api";
import type { ModelInput, ModelStatus, Prediction } from "@plimsoll/inference";

/** What a route asks a prediction for. */
export interface PredictRequest {
  /** A model, or a type such as `visual_detector`. Without it the one model that fits `tasks` answers. */
  readonly model?: string;
  /** Tasks that the route can put into words; another task is refused with `E_MEDIA`. Absent: any. */
  readonly tasks?: readonly TaskName[];
  readonly input: ModelInput;
  /** A certain version; loaded beside the serving one if need be. */
  readonly version?: string;
  /** Request headers, names in lower case, for sticky traffic. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Aborts when the client is gone. */
  readonly signal?: AbortSignal;
}

/** Who and what asked for a change, for the audit entry and the pointer's `issuedBy`. */
export interface Change {
  readonly signal?: AbortSignal;
}

/**
 * What is served: finds a model's version (local folder, cache, store), brings it, loads it into `Models`, follows the
 * desired state, and answers for the dashboard. The routes know nothing else. Model names from requests are looked up
 * among the configured ones, never joined to a path.
 *
 * Every method throws what its rooms throw (`InferenceError`, `WeightsError`, `StorageError`, …), with `E_NOT_FOUND`
 * for a model or version that there is not.
 */
export interface Serving {
  /** Begins the background work: the sync at the start, following the desired state, reporting. Never throws. */
  start(): void;
  /** Whether the start is over: the sync at the start has ended, well or not, or there was none. */
  started(): boolean;
  sync(): SyncStatus;
  /** The configured models with their tasks, as far as known; asks nobody. */
  configured(): readonly { readonly model: string; readonly task?: TaskName }[];
  list(): Promise<readonly ModelSummary[]>;
  details(model: string, options?: { readonly signal?: AbortSignal }): Promise<ModelDetails>;
  versions(model: string): Promise<VersionsAnswer>;
  /** `models/<model>/metadata.json`, or what the version that serves says. */
  metadata(model: string): Promise<Readonly<Record<string, unknown>>>;
  /** Facts of the first model, for `GET /status`. Asks nobody. */
  status(): Pick<
    Status,
    "model_loaded" | "model_name" | "training_date" | "test_accuracy" | "num_classes" | "classes"
  >;
  /** Resolves, brings and loads the model if need be, once however many ask, and answers. */
  predict(request: PredictRequest): Promise<Prediction>;
  /** Loads a model, or a version beside the serving one. */
  load(model: string, version?: string): Promise<ModelStatus>;
  unload(model: string): Promise<void>;
  reload(request: ReloadRequest, change?: Change): Promise<ReloadAnswer>;
  promote(model: string, request: PromoteRequest, change?: Change): Promise<ChannelAnswer>;
  rollback(model: string, request: RollbackRequest, change?: Change): Promise<ChannelAnswer>;
  traffic(model: string, request: TrafficRequest, change?: Change): Promise<ConfigAnswer>;
  /**
   * Replaces `config.json`. `ifMatch`: the etag that it must have now, `*` for any.
   *
   * @throws ServerError 412 `E_CONFLICT` for another etag, 409 `E_CONFLICT` where another writer was first.
   */
  configure(
    model: string,
    settings: ModelSettings,
    options: { readonly ifMatch?: string; readonly dryRun?: boolean },
  ): Promise<ConfigAnswer>;
  pin(model: string, pinned: boolean): Promise<void>;
  replicas(): Promise<readonly Replica[]>;
  stores(): Promise<readonly StoreHealth[]>;
  cacheStatus(): Promise<CacheStatusAnswer>;
  /** Cache figures of `GET /api/v1/admin/system`. */
  cacheFigures(): Promise<SystemAnswer["cache"]>;
  /** Memory of the children and their budget. Asks nobody. */
  memory(): Omit<SystemAnswer["memory"], "rss">;
  clearCache(): Promise<CacheClearAnswer>;
  collectGarbage(request: CacheGcRequest): Promise<CacheGcAnswer>;
  /** The last events, newest first, at most 200. */
  recentEvents(): readonly ServerEvent[];
  /** Calls back for every event until the returned function is called. */
  listen(listener: (event: ServerEvent) => void): () => void;
  /** Ends the background work. Does not close `Models`. */
  close(): Promise<void>;
}
