/**
 * Globals that a state dict of PyTorch or NumPy needs: tensors, storages, dtypes and plain containers. Everything else
 * in a pickle is code that runs when the file is loaded, and has to be asked for with `--allow-pickle`.
 */
const exact: ReadonlySet<string> = new Set([
  "collections.OrderedDict",
  "collections.Counter",
  "_codecs.encode",
  "builtins.set",
  "builtins.frozenset",
  "builtins.complex",
  "builtins.bytearray",
  "__builtin__.set",
  "__builtin__.frozenset",
  "__builtin__.complex",
  "__builtin__.bytearray",
  "torch.Size",
  "torch.Tensor",
  "torch.device",
  "torch._utils._rebuild_parameter",
  "torch._utils._rebuild_tensor",
  "torch._utils._rebuild_tensor_v2",
  "torch._utils._rebuild_tensor_v3",
  "torch._utils._rebuild_nested_tensor",
  "torch._utils._rebuild_device_tensor_from_numpy",
  "torch._utils._rebuild_sparse_tensor",
  "torch._utils._rebuild_qtensor",
  "torch._utils._rebuild_meta_tensor_no_storage",
  "torch.nn.parameter.Parameter",
  "torch.nn.parameter.Buffer",
  "torch.storage.UntypedStorage",
  "torch.storage.TypedStorage",
  "torch.serialization._get_layout",
  "numpy.core.multiarray._reconstruct",
  "numpy._core.multiarray._reconstruct",
  "numpy.core.multiarray.scalar",
  "numpy._core.multiarray.scalar",
  "numpy.core.numeric._frombuffer",
  "numpy._core.numeric._frombuffer",
  "numpy.ndarray",
  "numpy.dtype",
]);

/** `torch.FloatStorage`, `torch.bfloat16`, `torch.per_channel_affine` … */
const families: readonly RegExp[] = [
  /^torch(\.cuda)?\.(Double|Float|Half|Long|Int|Short|Char|Byte|Bool|BFloat16|ComplexDouble|ComplexFloat|QUInt8|QInt8|QInt32|QUInt4x2|QUInt2x4|Untyped)Storage$/,
  /^torch\.(float|float16|float32|float64|half|double|bfloat16|complex32|complex64|complex128|cfloat|cdouble|int|int8|int16|int32|int64|short|long|uint8|uint16|uint32|uint64|bool|quint8|qint8|qint32|quint4x2|float8_e4m3fn|float8_e5m2)$/,
  /^torch\.per_(tensor|channel)_(affine|symmetric)$/,
  /^numpy\.dtypes\.[A-Z][A-Za-z0-9]+DType$/,
];

/** True when loading a pickle that names `global` (`module.name`) runs nothing but the building of data. */
export const isAllowedGlobal = (global: string): boolean =>
  exact.has(global) || families.some((family) => family.test(global));
