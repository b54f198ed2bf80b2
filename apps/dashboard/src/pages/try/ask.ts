import type { Classification, DetectionAnswer } from "@plimsoll/api";
import { request } from "../../client/request.ts";

/** What is given to a model. */
export type TryInput =
  { readonly kind: "file"; readonly file: File } | { readonly kind: "text"; readonly text: string };

/** What a model said, and how long it took as seen from here. */
export type TryAnswer = { readonly roundTripMs: number } & (
  | { readonly kind: "boxes"; readonly answer: DetectionAnswer }
  | { readonly kind: "classes"; readonly answer: Classification }
);

/** Below this no box is asked for: what lies above is filtered here, so that the slider needs no request. */
export const lowestConfidence = 0.01;

/** Asks one version (or, without one, whatever serves). @throws RequestProblem */
export async function ask(options: {
  readonly model: string;
  readonly task: string | undefined;
  readonly version: string;
  readonly input: TryInput;
  readonly signal?: AbortSignal;
}): Promise<TryAnswer> {
  const { model, task, version, input } = options;
  const signal = options.signal ? { signal: options.signal } : {};
  const named = { model, ...(version ? { version } : {}) };
  const started = performance.now();
  const took = (): number => performance.now() - started;
  if (input.kind === "text") {
    const answer = await request<Classification>("/api/v1/classify", {
      method: "POST",
      body: { type: "text", data: input.text, ...named },
      ...signal,
    });
    return { kind: "classes", answer, roundTripMs: took() };
  }
  const boxes = task === "object-detection";
  const form = new FormData();
  for (const [name, value] of Object.entries(named)) form.append(name, value);
  if (boxes) form.append("confidence", String(lowestConfidence));
  form.append(boxes ? "image" : "file", input.file, input.file.name);
  if (boxes) {
    const answer = await request<DetectionAnswer>("/api/detect", {
      method: "POST",
      form,
      ...signal,
    });
    return { kind: "boxes", answer, roundTripMs: took() };
  }
  const answer = await request<Classification>("/predict", { method: "POST", form, ...signal });
  return { kind: "classes", answer, roundTripMs: took() };
}
