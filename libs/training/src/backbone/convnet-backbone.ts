import { model, valueInfo } from "@plimsoll/inference";
import type { DenseLayer } from "../head/dense-layer.ts";
import type { Head } from "../head/head.ts";
import { type Network, type NetworkState } from "../step/network.ts";
import { pictureLevels } from "../step/convnet.ts";
import { openTape } from "../step/tape.ts";
import { fixState, writeNetwork } from "../step/write-network.ts";
import { type Backbone, backbone } from "./backbone.ts";

/**
 * A trained convolutional net as a backbone and its last layer as a head: exported like any other model, and what a
 * later run may keep frozen.
 */
export function convnetBackbone(
  net: Network,
  state: NetworkState,
): { readonly backbone: Backbone; readonly head: Head } {
  const [, side = 1] = net.shape;
  const last = net.layers.length - 1;
  const trunk: Network = { ...net, layers: net.layers.slice(0, last) };
  const width = trunk.layers.at(-1)?.shape[0] ?? 0;
  const own = net.parameters.filter(({ layer }) => layer === last);
  const piece = (wanted: string): Float32Array => {
    const slice = own.find(({ name }) => name === wanted);
    return state.parameters.slice(slice?.offset ?? 0, (slice?.offset ?? 0) + (slice?.length ?? 0));
  };
  const layer: DenseLayer = {
    inputs: width,
    outputs: net.classes,
    weights: piece("weights"),
    bias: piece("bias"),
  };
  const tape = openTape();
  const scaled = tape.op("Div", [
    tape.op("Sub", ["image", tape.scalar(pictureLevels.mean)]),
    tape.scalar(pictureLevels.deviation),
  ]);
  // Half a picture's evidence is how it looks in a mirror: the features are the mean of both.
  const mirrored = tape.op("Slice", [
    scaled,
    tape.ints([-1]),
    tape.ints([-side - 1]),
    tape.ints([3]),
    tape.ints([-1]),
  ]);
  const both = tape.op("Concat", [scaled, mirrored], { axis: 0 });
  const names = fixState(
    tape,
    {
      ...trunk,
      parameters: net.parameters.filter((each) => each.layer !== last),
    },
    state,
    "trunk/",
  );
  const { scores } = writeNetwork(tape, trunk, both, names, false);
  const pairs = tape.op("Reshape", [scores, tape.ints([2, -1, width])]);
  tape.rename(tape.op("ReduceMean", [pairs], { axes: [0], keepdims: 0 }), "features");
  return {
    head: { layers: [layer] },
    backbone: backbone({
      model: model({
        name: "convnet",
        nodes: tape.nodes,
        initializers: tape.initializers,
        inputs: [valueInfo("image", ["batch", ...net.shape])],
        outputs: [valueInfo("features", ["batch", width])],
      }),
      input: { kind: "picture", name: "image", width: side, height: side, layout: "NCHW" },
      width,
      source: "convolutional net trained here",
    }),
  };
}
