import { processBytes, sampledBytes } from "../memory/process-bytes.ts";
import type { ModelConfig } from "../model-config.ts";
import { externalizeFile } from "./externalize-file.ts";
import { type LoadedModel, loadModel } from "./loaded-model.ts";
import type { ChildReply, ChildRequest } from "./protocol.ts";
import { runJobs, toChildError } from "./run-jobs.ts";
import { warmUp } from "./warm-up.ts";

/** Program of the process that holds one model version. Started by `ModelProcess`, which speaks `ChildRequest`. */
let model: LoadedModel | undefined;
let config: ModelConfig = {};
let maxBatch = 1;
const sampled = sampledBytes(5000);

async function answer(request: ChildRequest): Promise<ChildReply | undefined> {
  switch (request.type) {
    case "config":
      config = request.config;
      return undefined;
    case "load": {
      config = request.config;
      model = await loadModel(request.files, config, request.session);
      maxBatch = await warmUp(model.session, request.batching);
      const { inputs, outputs } = model.session;
      const { accepts } = model.pipeline;
      return { type: "loaded", inputs, outputs, accepts, maxBatch, memoryBytes: processBytes() };
    }
    case "externalize": {
      const { main, dir, minBytes } = request;
      return { type: "externalized", files: await externalizeFile(main, dir, minBytes) };
    }
    case "run": {
      if (model === undefined) throw new Error("no model is loaded");
      const results = await runJobs(model, request.jobs, config, maxBatch);
      return { type: "done", results, memoryBytes: sampled() };
    }
  }
}

let last: Promise<void> = Promise.resolve();

process.on("message", (request: ChildRequest) => {
  last = last.then(async () => {
    let reply: ChildReply | undefined;
    try {
      reply = await answer(request);
    } catch (cause) {
      reply = { type: "failed", error: toChildError(cause) };
    }
    if (reply !== undefined && process.connected) process.send?.(reply);
  });
});

// A signal of the terminal goes to the whole group; the parent decides when a child ends.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
