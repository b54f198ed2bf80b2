import { Malformed } from "../../bytes/malformed.ts";
import type { RandomAccess } from "../../bytes/random-access.ts";
import { readPair, readTensor, type OnnxTensor } from "./read-tensor.ts";
import { readValue, type OnnxValue } from "./read-value.ts";
import { WireReader, type WireField } from "./wire.ts";

/** What an ONNX file says about itself, weights left unread. */
export interface OnnxOutline {
  readonly irVersion: number;
  readonly producer: string;
  readonly producerVersion: string;
  /** Version by domain; `ai.onnx` is the standard one. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Of the main graph. */
  readonly initializers: readonly OnnxTensor[];
  /** Every tensor anywhere in the file whose data lie elsewhere. */
  readonly externals: readonly OnnxTensor[];
  /** How often each operator is used, as `domain` and `op` joined by a space, functions and nested graphs included. */
  readonly operators: ReadonlyMap<string, number>;
  /** Functions that the file defines itself, spelled likewise. */
  readonly functions: ReadonlySet<string>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Tensors whose sizes cannot be. */
  readonly problems: readonly string[];
}

/** Graphs inside attributes of nodes inside graphs. */
const maxDepth = 32;
export const standardDomain = "ai.onnx";

const domainName = (text: string): string => (text === "" ? standardDomain : text);

/** Reads the outline of an ONNX model (onnx/onnx.proto). Throws `Malformed` for what is no ModelProto with a graph. */
export async function readOnnx(file: RandomAccess): Promise<OnnxOutline> {
  const outline = new Outline(file);
  await outline.model({ begin: 0, end: file.size });
  if (outline.irVersion < 1 || !outline.hasGraph) throw new Malformed("onnx: not a model");
  return outline;
}

type Span = Pick<WireField, "begin" | "end">;

class Outline implements OnnxOutline {
  readonly #reader: WireReader;
  irVersion = 0;
  producer = "";
  producerVersion = "";
  hasGraph = false;
  readonly opsets = new Map<string, number>();
  readonly inputs: OnnxValue[] = [];
  readonly outputs: OnnxValue[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly externals: OnnxTensor[] = [];
  readonly operators = new Map<string, number>();
  readonly functions = new Set<string>();
  readonly metadata = new Map<string, string>();
  readonly problems: string[] = [];

  constructor(file: RandomAccess) {
    this.#reader = new WireReader(file);
  }

  async model(span: Span): Promise<void> {
    for (const part of await this.#reader.fields(span)) {
      if (part.number === 1) this.irVersion = part.value;
      else if (part.number === 2) this.producer = await this.#reader.text(part, 4096);
      else if (part.number === 3) this.producerVersion = await this.#reader.text(part, 4096);
      else if (part.number === 7) await this.#mainGraph(part);
      else if (part.number === 8) await this.#opset(part);
      else if (part.number === 14) await this.#metadata(part);
      else if (part.number === 20) await this.#graphsIn(part, [1, 2]);
      else if (part.number === 25) await this.#function(part);
    }
  }

  async #mainGraph(span: WireField): Promise<void> {
    this.hasGraph = true;
    for (const part of await this.#reader.fields(span)) {
      if (part.number === 5) this.initializers.push(await this.#tensor(part));
      else if (part.number === 11) this.inputs.push(await readValue(this.#reader, part));
      else if (part.number === 12) this.outputs.push(await readValue(this.#reader, part));
      else await this.#graphPart(part, 0);
    }
  }

  async #graph(span: Span, depth: number): Promise<void> {
    if (depth > maxDepth) throw new Malformed("onnx: graphs nested too deep");
    for (const part of await this.#reader.fields(span)) {
      if (part.number === 5) await this.#tensor(part);
      else await this.#graphPart(part, depth);
    }
  }

  /** A node or a sparse initializer; the rest of a graph holds no data and runs nothing. */
  async #graphPart(part: WireField, depth: number): Promise<void> {
    if (part.number === 1) await this.#node(part, depth);
    else if (part.number === 15) await this.#sparse(part);
  }

  async #node(span: Span, depth: number): Promise<void> {
    let op = "";
    let domain = "";
    for (const part of await this.#reader.fields(span)) {
      if (part.number === 4) op = await this.#reader.text(part, 4096);
      else if (part.number === 7) domain = await this.#reader.text(part, 4096);
      else if (part.number === 5) await this.#attribute(part, depth);
    }
    const name = `${domainName(domain)} ${op}`;
    this.operators.set(name, (this.operators.get(name) ?? 0) + 1);
  }

  async #attribute(span: Span, depth: number): Promise<void> {
    for (const part of await this.#reader.fields(span)) {
      if (part.number === 5 || part.number === 10) await this.#tensor(part);
      else if (part.number === 6 || part.number === 11) await this.#graph(part, depth + 1);
      else if (part.number === 22 || part.number === 23) await this.#sparse(part);
    }
  }

  async #function(span: Span): Promise<void> {
    let name = "";
    let domain = "";
    for (const part of await this.#reader.fields(span)) {
      if (part.number === 1) name = await this.#reader.text(part, 4096);
      else if (part.number === 7) await this.#node(part, 0);
      else if (part.number === 10) domain = await this.#reader.text(part, 4096);
      else if (part.number === 11) await this.#attribute(part, 0);
    }
    this.functions.add(`${domainName(domain)} ${name}`);
  }

  async #graphsIn(span: Span, numbers: readonly number[]): Promise<void> {
    for (const part of await this.#reader.fields(span)) {
      if (numbers.includes(part.number)) await this.#graph(part, 0);
    }
  }

  async #sparse(span: Span): Promise<void> {
    for (const part of await this.#reader.fields(span)) {
      if (part.number === 1 || part.number === 2) await this.#tensor(part);
    }
  }

  async #tensor(span: WireField): Promise<OnnxTensor> {
    const tensor = await readTensor(this.#reader, span, (what) => this.problems.push(what));
    if (tensor.external !== undefined) this.externals.push(tensor);
    return tensor;
  }

  async #opset(span: Span): Promise<void> {
    let domain = "";
    let version = 0;
    for (const part of await this.#reader.fields(span)) {
      if (part.number === 1) domain = await this.#reader.text(part, 4096);
      else if (part.number === 2) version = part.value;
    }
    this.opsets.set(domainName(domain), version);
  }

  async #metadata(span: WireField): Promise<void> {
    this.metadata.set(...(await readPair(this.#reader, span)));
  }
}
