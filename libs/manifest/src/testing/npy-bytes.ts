/** An `.npy` file of version 1.0 with this type, this shape and so many bytes of data. */
export function npy(descr: string, shape: string, dataBytes: number): Buffer {
  const text = `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length);
  return Buffer.concat([
    Buffer.from("\x93NUMPY\x01\0", "latin1"),
    length,
    Buffer.from(text),
    Buffer.alloc(dataBytes),
  ]);
}
