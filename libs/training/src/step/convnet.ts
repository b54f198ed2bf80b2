import { batchNorm } from "./batch-norm.ts";
import { conv } from "./conv.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { globalAverage } from "./global-average.ts";
import { maxPool } from "./max-pool.ts";
import { type Network, network } from "./network.ts";
import { relu } from "./relu.ts";

/** Side of the square pictures that the convolutional net takes, pixels. */
export const convnetSide = 80;

/** Four stages of convolution, batch normalisation and ReLU, halved after each; then the mean of each channel. */
export function convnet(
  classes: number,
  widths: readonly number[] = [24, 48, 96, 128],
  side = convnetSide,
): Network {
  const stages = widths.flatMap((width, i) => [
    conv(width, 1),
    batchNorm,
    relu,
    ...(i === 0 ? [maxPool] : [conv(width), batchNorm, relu, maxPool]),
  ]);
  return network([3, side, side], [...stages, globalAverage, dropout(0.3), dense(classes, 1)]);
}
