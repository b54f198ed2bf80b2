import { expect, test } from "@jest/globals";
import * as api from "./index.ts";

test("the room's exports are these", () => {
  expect(Object.keys(api).sort()).toEqual([
    "AdminHealth",
    "CacheClearAnswer",
    "CacheGcAnswer",
    "CacheGcRequest",
    "CacheStatusAnswer",
    "ChannelAnswer",
    "Classification",
    "ClassifyRequest",
    "ConfigAnswer",
    "CurvePoint",
    "DatasetDetails",
    "DatasetList",
    "DatasetSummary",
    "DetectForm",
    "DetectedObject",
    "DetectionAnswer",
    "Failure",
    "Health",
    "InferRequest",
    "InferResponse",
    "Location",
    "MetadataAnswer",
    "MetricSeries",
    "ModelAction",
    "ModelDetails",
    "ModelList",
    "ModelName",
    "ModelSettings",
    "ModelSummary",
    "Moment",
    "PinRequest",
    "PredictForm",
    "Problem",
    "PromoteRequest",
    "ProtocolError",
    "ProtocolModel",
    "RecentEvents",
    "ReloadAnswer",
    "ReloadRequest",
    "ReloadedModel",
    "Replica",
    "RepositoryIndex",
    "RetrainAnswer",
    "RetrainRequest",
    "RollbackRequest",
    "ServerEvent",
    "ServerMetadata",
    "ServingShare",
    "Status",
    "StoreHealth",
    "SyncFile",
    "SyncStatus",
    "SystemAnswer",
    "TaskName",
    "TensorMetadata",
    "TrafficRequest",
    "TrainingEvent",
    "TrainingRun",
    "TrainingRunList",
    "UploadAnswer",
    "UploadForm",
    "VersionDetails",
    "VersionOrChannel",
    "VersionsAnswer",
    "Welcome",
    "routes",
  ]);
});

test("no route is listed twice, and every one says what it answers", () => {
  const keys = api.routes.map((route) => `${route.method} ${route.path}`);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  expect(api.routes.filter((route) => Object.keys(route.replies).length === 0)).toEqual([]);
});

test("schemas are plain JSON Schema: nothing is lost on the way into a document", () => {
  for (const route of api.routes) {
    for (const reply of Object.values(route.replies)) {
      if (reply.schema === undefined) continue;
      const text = JSON.stringify(reply.schema);
      expect(JSON.parse(text)).toBeInstanceOf(Object);
    }
  }
});
