/** A 64-bit integer: a number where it is safe, else a bigint. Either is taken for writing. */
export type Int64 = number | bigint;

/** What every ONNX message may carry besides its known fields. */
export interface Message {
  /** Fields that this reader has no name for, each with its tag, as read; written again after the known ones. */
  readonly unknownFields?: readonly Uint8Array[];
}

export interface StringEntry extends Message {
  readonly key?: string;
  readonly value?: string;
}

/** Weights or a constant. One of the data fields holds the values, in row-major order. */
export interface Tensor extends Message {
  readonly dims?: readonly Int64[];
  /** A value of `elementType`. */
  readonly dataType?: number;
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly stringData?: readonly Uint8Array[];
  readonly int64Data?: readonly Int64[];
  readonly name?: string;
  /** Little-endian values, whatever the machine. */
  readonly rawData?: Uint8Array;
  readonly doubleData?: readonly number[];
  readonly uint64Data?: readonly Int64[];
  readonly docString?: string;
  /** `location`, `offset`, `length` of values that lie in another file. */
  readonly externalData?: readonly StringEntry[];
  /** 0: in this message; 1: in another file. */
  readonly dataLocation?: number;
}

export interface Attribute extends Message {
  readonly name?: string;
  readonly f?: number;
  readonly i?: Int64;
  readonly s?: Uint8Array;
  readonly t?: Tensor;
  readonly g?: Graph;
  readonly floats?: readonly number[];
  readonly ints?: readonly Int64[];
  readonly strings?: readonly Uint8Array[];
  readonly tensors?: readonly Tensor[];
  readonly graphs?: readonly Graph[];
  readonly docString?: string;
  /** Which of the fields counts: 1 f · 2 i · 3 s · 4 t · 5 g · 6 floats · 7 ints · 8 strings · 9 tensors · 10 graphs. */
  readonly type?: number;
  readonly refAttrName?: string;
}

/** One operation. An empty name among the inputs is an optional input left out. */
export interface Node extends Message {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly attribute?: readonly Attribute[];
  readonly docString?: string;
  /** Empty: ONNX's own operators. */
  readonly domain?: string;
}

/** A size, or a name for a size that is known only when the model runs. */
export interface Dimension extends Message {
  readonly dimValue?: Int64;
  readonly dimParam?: string;
  readonly denotation?: string;
}

export interface Shape extends Message {
  readonly dim?: readonly Dimension[];
}

export interface TensorType extends Message {
  /** A value of `elementType`. */
  readonly elemType?: number;
  readonly shape?: Shape;
}

/** Only tensors have a name here; sequences, maps and optionals pass through `unknownFields`. */
export interface Type extends Message {
  readonly tensorType?: TensorType;
  readonly denotation?: string;
}

export interface ValueInfo extends Message {
  readonly name?: string;
  readonly type?: Type;
  readonly docString?: string;
}

export interface Graph extends Message {
  /** In an order in which every input was computed before. */
  readonly node?: readonly Node[];
  readonly name?: string;
  readonly initializer?: readonly Tensor[];
  readonly docString?: string;
  readonly input?: readonly ValueInfo[];
  readonly output?: readonly ValueInfo[];
  readonly valueInfo?: readonly ValueInfo[];
}

export interface OperatorSet extends Message {
  /** Empty: ONNX's own operators. */
  readonly domain?: string;
  readonly version?: Int64;
}

/** A whole `.onnx` file. */
export interface Model extends Message {
  readonly irVersion?: Int64;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly domain?: string;
  readonly modelVersion?: Int64;
  readonly docString?: string;
  readonly graph?: Graph;
  readonly opsetImport?: readonly OperatorSet[];
  readonly metadataProps?: readonly StringEntry[];
}
