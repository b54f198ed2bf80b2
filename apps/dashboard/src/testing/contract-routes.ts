import { RequestProblem } from "../client/request-problem.ts";
import type {
  ModelSettings,
  PromoteRequest,
  ReloadRequest,
  RetrainRequest,
  ServerEvent,
  TrafficRequest,
} from "@plimsoll/api";
import { createHash } from "node:crypto";
import {
  cacheStatus,
  classify,
  configAnswer,
  detect,
  modelDetails,
  moveChannel,
  previousOf,
  shareTraffic,
  systemAnswer,
} from "./contract-answers.ts";
import { type Asked, openStream } from "./contract-reply.ts";
import type { ContractModel, ContractState } from "./contract-state.ts";
import type { ContractTraining } from "./contract-training.ts";
import { pictureSize } from "./picture-size.ts";

interface ContractContext {
  readonly state: ContractState;
  readonly adminToken: string;
  readonly training: ContractTraining;
  readonly event: (event: Partial<ServerEvent> & { readonly type: string }) => void;
}

/** Answers a request by the contract; undefined where it is for a file of the page. */
export function contractRoutes(context: ContractContext): (asked: Asked) => Promise<unknown> {
  const { state, adminToken } = context;

  const modelOf = (name: string | undefined): ContractModel => {
    const model = state.models.get(decodeURIComponent(name ?? ""));
    if (!model) throw new RequestProblem(404, "E_NOT_FOUND", `There is no model ${name ?? ""}`);
    return model;
  };

  return async (asked) => {
    const { method, path } = asked;
    const parts = path.split("/").slice(1);
    if (path.startsWith("/health")) return { status: "ok", uptime: 1 };
    if (path === "/api/v1/sync") return state.sync;
    if (path === "/api/cache-status") return cacheStatus(state);
    if (path === "/api/v1/models") {
      return { models: [...state.models.values()].map(({ summary }) => summary) };
    }
    if (path.startsWith("/api/v1/models/")) return modelDetails(modelOf(parts[3]));
    if (["/predict", "/api/detect", "/api/v1/classify"].includes(path)) return predict(asked);
    if (path === "/upload") return upload(asked);

    const closed =
      path.startsWith("/api/v1/admin/") || path.startsWith("/training/") || path === "/retrain";
    if (!closed) return undefined;
    const { authorization } = asked.headers;
    if (!authorization)
      throw new RequestProblem(401, "E_UNAUTHORIZED", "The admin token is missing");
    if (authorization !== `Bearer ${adminToken}`) {
      throw new RequestProblem(403, "E_FORBIDDEN", "The admin token is not the right one");
    }
    if (path === "/retrain") return retrain(asked.json() as RetrainRequest);
    if (parts[0] === "training") return runs(asked, parts[2], parts[3]);
    return admin(asked, parts.slice(3), method);
  };

  async function predict(asked: Asked): Promise<unknown> {
    const json = asked.path === "/api/v1/classify";
    const body = json
      ? (asked.json() as { model?: string; version?: string; data: string })
      : undefined;
    const form = json ? undefined : await asked.form();
    const model = modelOf(body?.model ?? (form?.get("model") as string | null) ?? undefined);
    const version =
      body?.version ??
      (form?.get("version") as string | null) ??
      model.summary.serving[0]?.version ??
      model.summary.channels["production"] ??
      "";
    const { model: name } = model.summary;
    const requests = model.summary.requests + 1;
    model.summary = { ...model.summary, requests, latency: { p50: 23.4, p95: 61.2 } };
    if (body) {
      const alarm = /help|fire|mayday/i.test(body.data) ? 0.93 : 0.04;
      return classify(name, version, { distress: alarm, routine: 1 - alarm });
    }
    const file = (form?.get("image") ?? form?.get("file")) as File;
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (asked.path === "/api/detect") {
      const size = pictureSize(bytes);
      if (!size) throw new RequestProblem(415, "E_MEDIA", `${file.name}: this is no PNG picture`);
      return detect(model, version, size);
    }
    return classify(name, version, { diesel: 0.81, "two-stroke": 0.12, sail: 0.04, jet: 0.03 });
  }

  async function upload(asked: Asked): Promise<unknown> {
    const form = await asked.form();
    const label = form.get("class_name") as string;
    const name = form.get("model") as string;
    const file = form.get("file") as File;
    const digest = createHash("sha256")
      .update(new Uint8Array(await file.arrayBuffer()))
      .digest("hex");
    if (file.size === 0)
      throw new RequestProblem(422, "E_INPUT", `${file.name}: the file is empty`);
    const key = `${name} ${label} ${digest}`;
    const duplicate = state.samples.has(key);
    state.samples.add(key);
    const old = state.datasets.get(name);
    if (!duplicate) {
      state.datasets.set(name, {
        model: name,
        quarantined: 0,
        ...old,
        samples: (old?.samples ?? 0) + 1,
        newSamples: (old?.newSamples ?? 0) + 1,
        classes: { ...old?.classes, [label]: (old?.classes[label] ?? 0) + 1 },
      });
    }
    return {
      success: true,
      message: duplicate ? "These bytes were there already" : "Stored",
      file_path: `datasets/${name}/originals/${label}/${digest}.wav`,
      class: label,
      s3_uploaded: true,
      duplicate,
      timestamp: new Date().toISOString(),
    };
  }

  function retrain(request: RetrainRequest): unknown {
    const active = state.runs.find(({ state: now }) => now === "running" || now === "queued");
    if (active) {
      const message = "One retraining runs already";
      return { success: false, message, status: "in_progress", run: active.id };
    }
    const model = request.model ?? "engine-sounds";
    const have = state.datasets.get(model)?.newSamples ?? 0;
    const need = request.min_new_samples ?? 0;
    if (have < need) {
      const message = `${need} new samples are needed, ${have} are there`;
      return { success: false, message, status: "not_enough_samples", have, need };
    }
    const run = context.training.start(model, request.trigger_reason ?? "manual");
    return { success: true, message: "Started", status: "started", run: run.id };
  }

  function runs(asked: Asked, id: string | undefined, action: string | undefined): unknown {
    if (!id) return { runs: state.runs };
    const run = state.runs.find((one) => one.id === id);
    if (!run) throw new RequestProblem(404, "E_NOT_FOUND", `There is no run ${id}`);
    if (action === "cancel") return context.training.cancel(id);
    if (action !== "events") return run;
    const send = openStream(asked.response);
    send({ at: run.createdAt, run: id, type: "state", state: run.state });
    const stop = context.training.listen(id, (event) => {
      send(event);
      if (event.type === "state") asked.response.end();
    });
    asked.response.on("close", stop);
    return null;
  }

  function admin(asked: Asked, parts: readonly string[], method: string): unknown {
    const [group, name, action] = parts;
    if (group === "system") return systemAnswer(state);
    if (group === "events") return { events: state.events.slice(0, 100) };
    if (group === "datasets" && !name) return { datasets: [...state.datasets.values()] };
    if (group === "datasets") {
      const dataset = state.datasets.get(decodeURIComponent(name ?? ""));
      if (!dataset) throw new RequestProblem(404, "E_NOT_FOUND", "No samples are there");
      const quarantine = dataset.quarantined
        ? [{ id: "q1", class: "jet", reason: "silence: no sample above −60 dB", size: 88_244 }]
        : [];
      return { ...dataset, quarantine };
    }
    if (group === "cache" && name === "clear") {
      const counts = { removed_files: 5, removed_bytes: 201_000_000, kept_files: 4 };
      return { success: true, message: "5 files removed, 4 are in use", ...counts };
    }
    if (group === "cache") {
      const { dryRun = false } = asked.json() as { dryRun?: boolean };
      return { dryRun, removedFiles: 2, removedBytes: 61_000_000, keptBytes: 351_316_860 };
    }
    if (group === "reload-models") return reload(asked.json() as ReloadRequest);
    const model = modelOf(name);
    if (action === "config" && method === "PUT") {
      if (asked.headers["if-match"] !== `"${model.etag}"`) {
        throw new RequestProblem(412, "E_CONFLICT", "The settings are not those that were read");
      }
      model.config = asked.json() as ModelSettings;
      model.etag += 1;
      return configAnswer(model, false);
    }
    return act(model, action, asked);
  }

  function act(model: ContractModel, action: string | undefined, asked: Asked): unknown {
    const request = asked.json() as PromoteRequest & TrafficRequest & { pinned: boolean };
    const { model: name } = model.summary;
    switch (action) {
      case "promote": {
        const answer = moveChannel(model, request);
        if (!answer.dryRun) context.event({ type: "promoted", model: name, version: answer.to });
        return answer;
      }
      case "rollback": {
        const version = previousOf(model, request.channel);
        const answer = moveChannel(model, { ...request, version });
        if (!answer.dryRun) context.event({ type: "promoted", model: name, version: answer.to });
        return answer;
      }
      case "traffic":
        return shareTraffic(model, request);
      case "pin":
        model.summary = { ...model.summary, pinned: request.pinned };
        return { model: name, message: request.pinned ? "It stays loaded." : "It may be put out." };
      default:
        throw new RequestProblem(404, "E_NOT_FOUND", "There is no such action");
    }
  }

  function reload(request: ReloadRequest): unknown {
    const model = modelOf(request.model_type);
    const asked = request.version ?? "latest";
    const version = model.summary.channels[asked] ?? asked;
    const previous = model.summary.serving[0]?.version ?? null;
    model.summary = { ...model.summary, location: "loaded", serving: [{ version, share: 1 }] };
    context.event({ type: "swapped", model: model.summary.model, version });
    return {
      success: true,
      model_type: request.model_type,
      version,
      message: `${version} answers`,
      reloaded_at: new Date().toISOString(),
      scope: "all",
      models: [
        {
          model: model.summary.model,
          success: true,
          version,
          ...(previous ? { previous } : {}),
          outcome: previous === version ? "unchanged" : "swapped",
          duration_ms: 412,
        },
      ],
    };
  }
}
