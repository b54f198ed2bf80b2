/** One name for what PyTorch, NumPy, safetensors and GGML call differently; a type that only one of them has keeps its name. */
const names: ReadonlyMap<string, string> = new Map(
  Object.entries({
    float32: ["F32", "f4", "torch.FloatStorage", "torch.float32", "torch.float"],
    float64: ["F64", "f8", "torch.DoubleStorage", "torch.float64", "torch.double"],
    float16: ["F16", "f2", "torch.HalfStorage", "torch.float16", "torch.half"],
    bfloat16: ["BF16", "torch.BFloat16Storage", "torch.bfloat16"],
    int64: ["I64", "i8", "torch.LongStorage", "torch.int64", "torch.long"],
    int32: ["I32", "i4", "torch.IntStorage", "torch.int32", "torch.int"],
    int16: ["I16", "i2", "torch.ShortStorage", "torch.int16", "torch.short"],
    int8: ["I8", "i1", "torch.CharStorage", "torch.int8"],
    uint64: ["U64", "u8", "torch.uint64"],
    uint32: ["U32", "u4", "torch.uint32"],
    uint16: ["U16", "u2", "torch.uint16"],
    uint8: ["U8", "u1", "torch.ByteStorage", "torch.uint8"],
    bool: ["BOOL", "b1", "torch.BoolStorage", "torch.bool"],
    complex64: ["C64", "c8", "torch.ComplexFloatStorage", "torch.complex64", "torch.cfloat"],
    complex128: ["c16", "torch.ComplexDoubleStorage", "torch.complex128", "torch.cdouble"],
    float8e4m3fn: ["F8_E4M3", "torch.float8_e4m3fn"],
    float8e5m2: ["F8_E5M2", "torch.float8_e5m2"],
    float8e8m0: ["F8_E8M0"],
  }).flatMap(([name, others]) => others.map((other) => [other, name] as const)),
);

/** `float32` for `F32`, `torch.FloatStorage` and NumPy's `<f4`. */
export const dtypeName = (name: string): string => names.get(name.replace(/^[<>|=]/, "")) ?? name;
