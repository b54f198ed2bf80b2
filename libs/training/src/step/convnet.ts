import { batchNorm } from "./batch-norm.ts";
import { conv } from "./conv.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { globalAverage } from "./global-average.ts";
import { type Network, network } from "./network.ts";
import { relu } from "./relu.ts";

/** What a convolutional net is made of. */
export interface ConvnetOptions {
  /** Side of the square pictures, pixels; default 96. The numbers of a net fit one of any other side, too. */
  readonly side?: number;
  /** Channels of each stage; a stage halves the side. Default 24, 48, 96, 128. */
  readonly widths?: readonly number[];
}

export const convnetDefaults = { side: 96, smallSide: 64, widths: [24, 48, 96, 128] } as const;

/** What is taken off values 0 to 1, and by what they are divided, before the first layer. */
export const pictureLevels = { mean: 0.5, deviation: 0.25 } as const;

/**
 * Stages of two convolutions (the first stage of one) with batch normalisation and ReLU; then the mean of each channel.
 * The first convolution of a stage halves the side: a step costs half of what it does with pools, on larger pictures.
 */
export function convnet(classes: number, options: ConvnetOptions = {}): Network {
  const { side, widths } = { ...convnetDefaults, ...options };
  const stages = widths.flatMap((width, i) => [
    conv(width, 2),
    batchNorm,
    relu,
    ...(i === 0 ? [] : [conv(width), batchNorm, relu]),
  ]);
  return network([3, side, side], [...stages, globalAverage, dropout(0.3), dense(classes, 1)]);
}
