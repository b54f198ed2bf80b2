import { model, type Model, valueInfo } from "@plimsoll/inference";
import { melSettings, writeLogMel } from "../audio/write-log-mel.ts";
import { type Random, seededRandom } from "../random.ts";
import { startModel } from "../runtime.ts";
import { openTape, type Tape } from "../step/tape.ts";
import { type Backbone, backbone } from "./backbone.ts";

const channels = [24, 48, 64] as const;
const seed = 20;
/** Frequency is halved by every layer; what is left of it stays apart in the features. */
const bandsLeft = melSettings.bands / 2 ** channels.length;

/** Mean and factor of every channel of a layer. */
interface Levels {
  readonly mean: Float32Array;
  readonly factor: Float32Array;
}

/**
 * The built-in backbone for sounds, without a download: a log-mel spectrogram, then three layers of random 3 × 3
 * convolutions (seeded; each filter's weights sum to 0), every layer brought to mean 0 and variance 1 on sounds that are
 * made for that; then mean, deviation and highest value over time of each channel and band. Random filters of that kind
 * tell sounds apart nearly as well as trained ones (Saxe et al. 2011).
 */
export async function soundBackbone(): Promise<Backbone> {
  const clips = calibrationClips(seededRandom(seed));
  const levels: Levels[] = [];
  for (let depth = 0; depth <= channels.length; depth += 1) {
    levels.push(await measure(write(levels, false), clips));
  }
  return backbone({
    model: write(levels, true),
    input: { kind: "waveform", name: "waveform", sampleRate: melSettings.sampleRate, rank: 1 },
    width: (channels.at(-1) ?? 0) * bandsLeft * 3,
    source: "built-in sound features 1",
  });
}

/** The graph up to the first layer whose levels are not known yet, or all of it. */
function write(levels: readonly Levels[], whole: boolean): Model {
  const tape = openTape();
  const random = seededRandom(seed + 1);
  let value = writeLogMel(tape, "waveform");
  levels.forEach((level, depth) => {
    const dims = [1, level.mean.length, 1, 1];
    const centred = tape.op("Sub", [value, tape.floats(`mean${depth}`, dims, level.mean)]);
    value = tape.op("Mul", [centred, tape.floats(`factor${depth}`, dims, level.factor)]);
    if (depth > 0) value = tape.op("LeakyRelu", [value], { alpha: { float: 0.1 } });
    if (depth < channels.length) value = writeConv(tape, value, depth, random);
  });
  if (whole) value = writePool(tape, value);
  tape.rename(value, "features");
  return model({
    name: "sound-features",
    nodes: tape.nodes,
    initializers: tape.initializers,
    inputs: [valueInfo("waveform", ["samples"])],
    outputs: [valueInfo("features", whole ? [1, "width"] : [1, "channels", "frames", "bands"])],
  });
}

function writeConv(tape: Tape, value: string, depth: number, random: Random): string {
  const inputs = channels[depth - 1] ?? 1;
  const outputs = channels[depth] ?? 1;
  const size = inputs * 9;
  const weights = Float32Array.from({ length: outputs * size }, () => random.normal());
  for (let at = 0; at < weights.length; at += size) {
    const filter = weights.subarray(at, at + size);
    const mean = filter.reduce((a, b) => a + b, 0) / size;
    // The first filters of each layer keep their mean: loudness is a feature too.
    if (at / size >= outputs / 4) filter.forEach((each, i) => (filter[i] = each - mean));
  }
  const name = tape.floats(`filters${depth}`, [outputs, inputs, 3, 3], weights);
  return tape.op("Conv", [value, name], { pads: [1, 1, 1, 1], strides: [2, 2] });
}

/** Mean, deviation and maximum over time, `[1, 3 · channels · bands]`. */
function writePool(tape: Tape, value: string): string {
  const axes = [2];
  const mean = tape.op("ReduceMean", [value], { axes, keepdims: 1 });
  const centred = tape.op("Sub", [value, mean]);
  const variance = tape.op("ReduceMean", [tape.op("Mul", [centred, centred])], {
    axes,
    keepdims: 1,
  });
  const deviation = tape.op("Sqrt", [tape.op("Add", [variance, tape.scalar(1e-6)])]);
  const most = tape.op("ReduceMax", [value], { axes, keepdims: 1 });
  const all = [mean, deviation, most].map((each) => tape.op("Flatten", [each], { axis: 1 }));
  return tape.op("Concat", all, { axis: 1 });
}

/** Mean and 1 / deviation of every channel over the clips. */
async function measure(graph: Model, clips: readonly Float32Array[]): Promise<Levels> {
  const running = await startModel(graph);
  try {
    let sums: Float64Array | undefined;
    let squares: Float64Array | undefined;
    let count = 0;
    for (const clip of clips) {
      const answer = await running.run({ waveform: { data: clip, dims: [clip.length] } });
      const { data, dims } = answer["features"] ?? { data: new Float32Array(0), dims: [] };
      const [, depth = 1, frames = 1, bands = 1] = dims;
      sums ??= new Float64Array(depth);
      squares ??= new Float64Array(depth);
      for (let i = 0; i < data.length; i += 1) {
        const channel = Math.floor(i / (frames * bands));
        const value = data[i] as number;
        sums[channel] = (sums[channel] as number) + value;
        squares[channel] = (squares[channel] as number) + value * value;
      }
      count += frames * bands;
    }
    const mean = Float32Array.from(sums ?? [], (sum) => sum / count);
    const factor = Float32Array.from(
      squares ?? [],
      (sum, c) => 1 / Math.sqrt(Math.max(sum / count - (mean[c] as number) ** 2, 1e-8)),
    );
    return { mean, factor };
  } finally {
    await running.close();
  }
}

/** Ten seconds of hums, sweeps, noises and clicks. */
function calibrationClips(random: Random): Float32Array[] {
  return Array.from({ length: 10 }, (_, kind) => {
    const base = 100 * 2 ** (random.uniform() * 5);
    const level = 0.05 + 0.6 * random.uniform();
    let phase = 0;
    return Float32Array.from({ length: 16_000 }, (_unused, i) => {
      const time = i / 16_000;
      const pulse = kind % 5 === 2 && (time * (2 + kind)) % 1 > 0.2 ? 0 : 1;
      phase += (2 * Math.PI * base * (kind % 5 === 1 ? 1 + 2 * time : 1)) / 16_000;
      const tone = Math.sin(phase) + 0.3 * Math.sin(3 * phase) + 0.1 * Math.sin(7 * phase);
      const noise = random.normal() * (kind % 5 === 3 ? 0.5 : 0.02);
      return level * pulse * ((kind % 5 === 3 ? 0 : tone * 0.6) + noise);
    });
  });
}
