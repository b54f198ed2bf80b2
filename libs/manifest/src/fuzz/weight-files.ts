import { gguf } from "../testing/gguf-bytes.ts";
import { npy } from "../testing/npy-bytes.ts";
import { node, onnxFile, tensor } from "../testing/onnx-bytes.ts";
import { memoIndirected, osSystem, pickle, plainDict, stateDict } from "../testing/pickle-bytes.ts";
import { floats, safetensorsFile } from "../testing/safetensors-bytes.ts";
import { zipFile } from "../testing/zip-file.ts";

const numbers = Buffer.alloc(16, 1);
const torch = zipFile(
  [
    ["a/data.pkl", stateDict],
    ["a/data/0", numbers],
    ["a/version", Buffer.from("3\n")],
  ],
  { zip64: true },
);

/** A small file of every format that is looked into, by its name. */
export const weightFiles: readonly (readonly [string, Buffer])[] = [
  ["a.pkl", plainDict],
  ["b.pkl", stateDict],
  ["c.pkl", osSystem],
  ["d.pkl", memoIndirected],
  ["a.pt", torch],
  ["b.pt", zipFile([["a.zip", { data: torch, deflated: true }]])],
  [
    "a.pth",
    Buffer.concat([
      pickle("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."),
      plainDict,
      stateDict,
      pickle("\x80\x02]."),
      numbers,
    ]),
  ],
  [
    "a.onnx",
    onnxFile({
      nodes: [node("Gemm"), node("Op", "my.ops")],
      initializers: [
        tensor("w", [2, 2], numbers),
        tensor("e", [2], { external: { location: "w.bin", offset: "0", length: "8" } }),
      ],
    }),
  ],
  [
    "a.safetensors",
    safetensorsFile(
      { __metadata__: { format: "pt" }, a: floats([2], 0, 8), b: floats([1], 8, 12) },
      12,
    ),
  ],
  [
    "a.gguf",
    gguf({
      values: [
        ["general.architecture", "llama"],
        ["general.alignment", 32],
      ],
      tensors: [{ name: "t", dims: [32], type: 2, offset: 0 }],
      dataBytes: 18,
    }),
  ],
  ["a.npy", npy("'<f4'", "(2, 2)", 16)],
  ["a.npz", zipFile([["a.npy", { data: npy("'<f4'", "(2, 2)", 16), deflated: true }]])],
  [
    "a.keras",
    zipFile([
      ["metadata.json", Buffer.from('{"keras_version":"3.4.1"}')],
      ["config.json", Buffer.from('{"module":"keras","class_name":"Sequential","config":{}}')],
    ]),
  ],
  ["a.h5", Buffer.from('\x89HDF\r\n\x1a\n {"class_name": "Dense", "config": {}}', "latin1")],
  ["a.json", Buffer.from('{"class_name":"Dense","config":{}}')],
];
