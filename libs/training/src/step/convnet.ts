import { batchNorm } from "./batch-norm.ts";
import { conv } from "./conv.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { globalAverage } from "./global-average.ts";
import { maxPool } from "./max-pool.ts";
import { type Network, network } from "./network.ts";
import { relu } from "./relu.ts";

/** What a convolutional net is made of. */
export interface ConvnetOptions {
  /** Side of the square pictures, pixels; default 64. */
  readonly side?: number;
  /** Channels of each stage; a stage halves the side. Default 16, 32, 64, 128. */
  readonly widths?: readonly number[];
}

export const convnetDefaults = { side: 64, widths: [16, 32, 64, 128] } as const;

/** What is taken off values 0 to 1, and by what they are divided, before the first layer. */
export const pictureLevels = { mean: 0.5, deviation: 0.25 } as const;

/** Stages of convolution, batch normalisation and ReLU, halved after each; then the mean of each channel. */
export function convnet(classes: number, options: ConvnetOptions = {}): Network {
  const { side, widths } = { ...convnetDefaults, ...options };
  const stages = widths.flatMap((width, i) => [
    conv(width),
    batchNorm,
    relu,
    ...(i === 0 ? [maxPool] : [conv(width), batchNorm, relu, maxPool]),
  ]);
  return network([3, side, side], [...stages, globalAverage, dropout(0.3), dense(classes, 1)]);
}
