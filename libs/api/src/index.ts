export {
  ChannelAnswer,
  ConfigAnswer,
  PromoteRequest,
  RollbackRequest,
  TrafficRequest,
} from "./admin-channels.ts";
export {
  MetadataAnswer,
  ModelAction,
  PinRequest,
  ReloadAnswer,
  ReloadRequest,
  ReloadedModel,
  VersionsAnswer,
} from "./admin-models.ts";
export {
  CacheClearAnswer,
  CacheGcAnswer,
  CacheGcRequest,
  CacheStatusAnswer,
} from "./cache-status.ts";
export { DatasetDetails, DatasetList, DatasetSummary } from "./dataset.ts";
export { Health, Status, Welcome } from "./health.ts";
export {
  InferRequest,
  InferResponse,
  ProtocolError,
  ProtocolModel,
  RepositoryIndex,
  ServerMetadata,
  TensorMetadata,
} from "./inference-protocol.ts";
export { MetricSeries, ModelDetails, VersionDetails } from "./model-details.ts";
export { ModelSettings } from "./model-settings.ts";
export { Location, ModelList, ModelSummary, ServingShare } from "./model-summary.ts";
export { Failure, ModelName, Moment, TaskName, VersionOrChannel } from "./names.ts";
export {
  Classification,
  ClassifyRequest,
  DetectForm,
  DetectedObject,
  DetectionAnswer,
  PredictForm,
} from "./predict.ts";
export { Problem } from "./problem.ts";
export type { Audience, Reply, Route } from "./route.ts";
export { routes } from "./routes.ts";
export { RecentEvents, ServerEvent } from "./server-event.ts";
export { SyncFile, SyncStatus } from "./sync-status.ts";
export { AdminHealth, Replica, StoreHealth, SystemAnswer } from "./system.ts";
export {
  CurvePoint,
  RetrainAnswer,
  RetrainRequest,
  TrainingEvent,
  TrainingRun,
  TrainingRunList,
  UploadAnswer,
  UploadForm,
} from "./training.ts";
