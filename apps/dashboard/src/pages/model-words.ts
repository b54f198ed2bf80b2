import type { ModelSummary } from "@plimsoll/api";
import type { Tone } from "../parts/tone.ts";

/** What the fields of a model mean to a person. */
export const tasks: Record<NonNullable<ModelSummary["task"]>, string> = {
  "object-detection": "object detection",
  "image-classification": "image classification",
  "audio-classification": "audio classification",
  "text-classification": "text classification",
  tensor: "tensors",
};

export const locations: Record<
  ModelSummary["location"],
  { readonly label: string; readonly tone: Tone; readonly meaning: string }
> = {
  remote: {
    label: "remote",
    tone: "neutral",
    meaning: "In the store only: fetched when first asked",
  },
  cached: { label: "cached", tone: "accent", meaning: "In this machine’s cache, not loaded" },
  local: { label: "local", tone: "accent", meaning: "In a folder of this machine, not loaded" },
  loaded: { label: "loaded", tone: "good", meaning: "In memory and answering" },
};

export const trusts: Record<
  ModelSummary["trust"],
  { readonly label: string; readonly meaning: string }
> = {
  0: { label: "not signed", meaning: "The bytes are those of the manifest; nobody signed it" },
  1: { label: "signed", meaning: "The version is signed with a key that this server trusts" },
  2: { label: "attested", meaning: "Signed, and built by an attested workflow" },
};

/** Which version answers, as one line: `v1.2.0`, or `v1.2.0 90 % · v1.3.0 10 %` with a canary. */
export function servingLine(model: Pick<ModelSummary, "serving">): string {
  const [first, ...others] = model.serving;
  if (!first) return "–";
  if (others.length === 0) return first.version;
  return model.serving
    .map(({ version, share }) => `${version} ${Math.round(share * 100)} %`)
    .join(" · ");
}
