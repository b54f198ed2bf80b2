import type { Model, Node } from "@plimsoll/inference";
import { writeLogMel, writePatches } from "../audio/write-log-mel.ts";
import { TrainingError } from "../error.ts";
import type { BackboneSource, TrainingTask } from "../run/train-options.ts";
import { type Running, startModel } from "../runtime.ts";
import { openTape, type Tape } from "../step/tape.ts";
import { type Backbone, backbone, type BackboneInput } from "./backbone.ts";
import { readModel } from "./backbone-file.ts";

type Info = Running["inputs"][number];

/** Mean and deviation of ImageNet's colours, which most networks with channels first were trained with. */
const imageNet = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;
const symmetric = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] } as const;

/**
 * A user's model as a frozen backbone: its input is put behind what serving gives (a waveform, a picture from 0 to 1), its
 * output pooled to one row. Input and output are found by shape: the first input that fits the task; the output with the
 * longest row, which for YAMNet is the embeddings and not the scores.
 *
 * @throws TrainingError `E_MODEL` when input or output cannot be found or its opset is older than 13.
 */
export async function foreignBackbone(
  source: BackboneSource,
  task: TrainingTask,
): Promise<Backbone> {
  const { path } = source;
  const read = await readModel(path);
  const opset = Number(read.opsetImport?.find(({ domain = "" }) => domain === "")?.version ?? 0);
  if (opset < 13) {
    throw new TrainingError(
      "E_MODEL",
      `${path}: opset ${opset}, 13 or newer is needed: export it again`,
    );
  }
  const running = await startModel(path);
  const { inputs, outputs } = running;
  await running.close();
  const input = find(
    inputs,
    source.input,
    (info) => kindOf(info, task) !== undefined,
    path,
    "input",
  );
  const output =
    source.output === undefined
      ? longest(outputs, path)
      : find(outputs, source.output, () => true, path, "output");
  const kind = kindOf(input, task);
  const width = rowWidth(output);
  if (kind === undefined || width === undefined) {
    throw new TrainingError(
      "E_MODEL",
      `${path}: [${input.shape.join(", ")}] is no input for ${task}`,
    );
  }
  const tape = openTape("frontend/");
  const prepared = prepare(tape, kind, source);
  const renamed = prefixed(read, new Map([[input.name, prepared]]));
  const after = openTape("pool/");
  pool(after, `backbone/${output.name}`, output, opset, task);
  const graph = read.graph ?? {};
  const model: Model = {
    ...read,
    graph: {
      name: "backbone",
      node: [...tape.nodes, ...renamed.nodes, ...after.nodes],
      initializer: [...tape.initializers, ...renamed.initializers, ...after.initializers],
      input: [{ name: kind.input.name, type: inputType(kind) }],
      output: [{ name: "features", type: { tensorType: { elemType: 1 } } }],
      valueInfo:
        graph.valueInfo?.map((each) => ({ ...each, name: `backbone/${each.name ?? ""}` })) ?? [],
    },
  };
  return backbone({ model, input: kind.input, width, source: `${output.name} of a named model` });
}

interface Kind {
  readonly input: BackboneInput;
  /** For sounds: the samples themselves or patches of a spectrogram, in the shape given. */
  readonly patches?: readonly number[];
}

function kindOf({ shape, type }: Info, task: TrainingTask): Kind | undefined {
  if (type !== "float32") return undefined;
  const fixed = shape.map((size) => (typeof size === "number" ? size : -1));
  const name = "input";
  if (task === "audio-classification") {
    const waveform = { kind: "waveform", name: "waveform", sampleRate: 16_000 } as const;
    if (fixed.includes(96) && fixed.includes(64)) {
      return { input: { ...waveform, rank: 1 }, patches: fixed };
    }
    if (fixed.length > 2) return undefined;
    const length = fixed.at(-1) ?? -1;
    return { input: { ...waveform, rank: fixed.length, ...(length > 0 ? { length } : {}) } };
  }
  if (task !== "image-classification" || fixed.length !== 4) return undefined;
  const layout = fixed[1] === 3 ? "NCHW" : fixed[3] === 3 ? "NHWC" : undefined;
  if (layout === undefined) return undefined;
  const [height, width] = layout === "NCHW" ? fixed.slice(2) : fixed.slice(1, 3);
  const side = (size = -1): number => (size > 0 ? size : 224);
  return { input: { kind: "picture", name, width: side(width), height: side(height), layout } };
}

function find(
  all: readonly Info[],
  name: string | undefined,
  fits: (info: Info) => boolean,
  path: string,
  what: string,
): Info {
  const found = all.find((info) => (name === undefined ? fits(info) : info.name === name));
  if (found) return found;
  const there = all.map((each) => `${each.name} [${each.shape.join(", ")}]`).join("; ");
  throw new TrainingError(
    "E_MODEL",
    `${path}: no ${what} ${name ?? "that fits"} among ${there}: name another`,
  );
}

/** Numbers of one row: `[…, width]`, or `[batch, width, height, width]` of a map that is averaged. */
function rowWidth({ shape }: Info): number | undefined {
  const size = shape.length === 4 ? shape[1] : shape.at(-1);
  return typeof size === "number" && size > 0 ? size : undefined;
}

function longest(outputs: readonly Info[], path: string): Info {
  const rows = outputs.filter((info) => info.type === "float32" && rowWidth(info) !== undefined);
  const [best] = rows.toSorted((a, b) => (rowWidth(b) ?? 0) - (rowWidth(a) ?? 0));
  if (best) return best;
  throw new TrainingError(
    "E_MODEL",
    `${path}: no output with rows of a fixed length: name one with backbone.output`,
  );
}

/** Writes what stands before the model; gives the name of what it takes. */
function prepare(tape: Tape, kind: Kind, source: BackboneSource): string {
  const { input, patches } = kind;
  if (patches) return writePatches(tape, writeLogMel(tape, input.name), patches);
  if (input.kind !== "picture") return input.name;
  const usual = input.layout === "NCHW" ? imageNet : symmetric;
  const dims = input.layout === "NCHW" ? [1, 3, 1, 1] : [1, 1, 1, 3];
  const values = (list: readonly number[]): Float32Array => Float32Array.from(list);
  const mean = tape.floats("frontend/mean", dims, values(source.mean ?? usual.mean));
  const deviation = tape.floats(
    "frontend/deviation",
    dims,
    values(source.deviation ?? usual.deviation),
  );
  return tape.op("Div", [tape.op("Sub", [input.name, mean]), deviation]);
}

function pool(tape: Tape, value: string, { shape }: Info, opset: number, task: TrainingTask): void {
  const mean = (of: string, axes: readonly number[], keepdims: 0 | 1): string =>
    opset >= 18
      ? tape.op("ReduceMean", [of, tape.ints(axes)], { keepdims })
      : tape.op("ReduceMean", [of], { axes, keepdims });
  let rows = shape.length === 4 ? mean(value, [2, 3], 0) : value;
  if (shape.length === 3) rows = mean(rows, [1], 0);
  if (shape.length === 1) rows = tape.op("Reshape", [rows, tape.ints([1, -1])]);
  tape.rename(task === "audio-classification" ? mean(rows, [0], 1) : rows, "features");
}

/** All names of a model behind `backbone/`, so that none meets one of ours; `known` are replaced as told. */
function prefixed(
  model: Model,
  known: ReadonlyMap<string, string>,
): {
  readonly nodes: readonly Node[];
  readonly initializers: NonNullable<NonNullable<Model["graph"]>["initializer"]>;
} {
  const rename = (name: string): string =>
    name === "" ? "" : (known.get(name) ?? `backbone/${name}`);
  const nodes = (list: readonly Node[]): Node[] =>
    list.map((each) => ({
      ...each,
      input: each.input?.map(rename) ?? [],
      output: each.output?.map(rename) ?? [],
      attribute:
        each.attribute?.map((attribute) =>
          attribute.g === undefined
            ? attribute
            : {
                ...attribute,
                g: {
                  ...attribute.g,
                  node: nodes(attribute.g.node ?? []),
                  initializer: (attribute.g.initializer ?? []).map((tensor) => ({
                    ...tensor,
                    name: rename(tensor.name ?? ""),
                  })),
                  input: (attribute.g.input ?? []).map((info) => ({
                    ...info,
                    name: rename(info.name ?? ""),
                  })),
                  output: (attribute.g.output ?? []).map((info) => ({
                    ...info,
                    name: rename(info.name ?? ""),
                  })),
                },
              },
        ) ?? [],
    }));
  return {
    nodes: nodes(model.graph?.node ?? []),
    initializers: (model.graph?.initializer ?? []).map((each) => ({
      ...each,
      name: rename(each.name ?? ""),
    })),
  };
}

function inputType({
  input,
}: Kind): NonNullable<NonNullable<Model["graph"]>["input"]>[number]["type"] & object {
  const dims = (sizes: readonly (number | string)[]) => ({
    tensorType: {
      elemType: 1,
      shape: {
        dim: sizes.map((size) =>
          typeof size === "string" ? { dimParam: size } : { dimValue: size },
        ),
      },
    },
  });
  switch (input.kind) {
    case "waveform": {
      const length = input.length ?? "samples";
      return dims(input.rank === 2 ? [1, length] : [length]);
    }
    case "picture":
      return dims(
        input.layout === "NCHW"
          ? ["batch", 3, input.height, input.width]
          : ["batch", input.height, input.width, 3],
      );
    case "text":
      return dims([1, input.size]);
  }
}
