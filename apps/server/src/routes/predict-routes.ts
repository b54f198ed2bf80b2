import type { Classification, DetectionAnswer, TaskName } from "@plimsoll/api";
import type { ModelInput } from "@plimsoll/inference";
import type { FastifyInstance } from "fastify";
import { checkedBody } from "../answer/body.ts";
import { type Form, readForm } from "../answer/form.ts";
import type { Context } from "../context.ts";
import { ServerError } from "../error.ts";
import { mediaKind } from "../limits/media-kind.ts";
import { reserveBody } from "../limits/reserve-body.ts";
import { askModel } from "./ask-model.ts";
import { modelNameIn, versionNameIn } from "./model-param.ts";
import { classificationOf, detectionsOf } from "./words.ts";

/** Room for the rest of a form beside its file. */
const formOverhead = 64 * 1024;

const tasksOf: Readonly<Record<string, readonly TaskName[]>> = {
  image: ["image-classification"],
  audio: ["audio-classification"],
  visual: ["image-classification", "object-detection"],
  text: ["text-classification"],
};

function targetOf(form: Form): { readonly model?: string; readonly version?: string } {
  const name = form.fields.get("model");
  const version = versionNameIn(form.fields.get("version"));
  return {
    ...(name !== undefined && { model: modelNameIn(name) }),
    ...(version !== undefined && { version }),
  };
}

function confidenceOf(form: Form): { readonly confidence?: number } {
  const text = form.fields.get("confidence");
  if (text === undefined) return {};
  const confidence = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (!(confidence <= 1)) {
    throw new ServerError("E_USAGE", 400, "confidence: a number from 0 to 1 is wanted");
  }
  return { confidence };
}

function decodeBase64(text: string): Uint8Array {
  const body = text.replace(/^data:[a-z]+\/[a-z0-9.+-]+;base64,/i, "");
  if (body.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(body)) {
    throw new ServerError("E_USAGE", 400, "data: base64 is wanted");
  }
  return Buffer.from(body, "base64");
}

/** Routes that ask a model in words that need no knowledge of tensors. */
export function predictRoutes(scope: FastifyInstance, context: Context): void {
  const { limits, now } = context;
  const { fileBytes, pixels } = limits;
  const config = { asking: true };
  const onRequest = reserveBody(context, fileBytes + formOverhead);

  scope.post("/predict", { config, onRequest }, async (request, reply): Promise<Classification> => {
    const form = await readForm(request, {
      file: "file",
      fields: ["model", "version"],
      maxBytes: fileBytes,
    });
    const kind = mediaKind(form.bytes, pixels);
    const input: ModelInput = { kind, bytes: form.bytes };
    const prediction = await askModel(context, request, reply, {
      ...targetOf(form),
      tasks: tasksOf[kind] ?? [],
      input,
    });
    return classificationOf(prediction, now());
  });

  scope.post(
    "/api/detect",
    { config, onRequest },
    async (request, reply): Promise<DetectionAnswer> => {
      const form = await readForm(request, {
        file: "image",
        fields: ["model", "version", "confidence"],
        maxBytes: fileBytes,
      });
      if (mediaKind(form.bytes, pixels) !== "image") {
        throw new ServerError("E_MEDIA", 415, "a picture is wanted: send JPEG, PNG or WebP");
      }
      const prediction = await askModel(context, request, reply, {
        ...targetOf(form),
        tasks: ["object-detection"],
        input: { kind: "image", bytes: form.bytes, ...confidenceOf(form) },
      });
      return detectionsOf(prediction);
    },
  );

  scope.post(
    "/api/v1/classify",
    {
      config,
      bodyLimit: limits.classifyBytes,
      onRequest: reserveBody(context, limits.classifyBytes),
    },
    async (request, reply): Promise<Classification | DetectionAnswer> => {
      const { type, data, model, version } = await checkedBody("ClassifyRequest", request.body);
      const prediction = await askModel(context, request, reply, {
        ...(model !== undefined && { model }),
        ...(version !== undefined && { version }),
        tasks: tasksOf[type] ?? [],
        input: type === "text" ? { kind: "text", text: data } : fileInput(type, data),
      });
      return prediction.output.kind === "detections"
        ? detectionsOf(prediction)
        : classificationOf(prediction, now());
    },
  );

  function fileInput(type: "visual" | "audio", data: string): ModelInput {
    const bytes = decodeBase64(data);
    const kind = mediaKind(bytes, pixels);
    if (kind !== (type === "visual" ? "image" : "audio")) {
      throw new ServerError("E_MEDIA", 415, `data: a ${type} input is wanted, this is ${kind}`);
    }
    return { kind, bytes };
  }
}
