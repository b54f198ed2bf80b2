import { model, node, valueInfo } from "@plimsoll/inference";
import { type Backbone, backbone } from "./backbone.ts";

/** Places that words and their parts are hashed to. */
export const ngramPlaces = 2048;

/** Features of texts: the hashed n-grams that serving computes before the model runs, passed on as they are. */
export function textBackbone(size: number = ngramPlaces): Backbone {
  return backbone({
    model: model({
      name: "text-features",
      nodes: [node("Identity", ["ngrams"], ["features"])],
      inputs: [valueInfo("ngrams", [1, size])],
      outputs: [valueInfo("features", [1, size])],
    }),
    input: { kind: "text", name: "ngrams", size },
    width: size,
    source: "hashed n-grams",
  });
}
