import { chmod, open } from "node:fs/promises";

/** Inverts one byte in the middle of a file, in place, as a failing disk or a careless script does. Gives its offset. */
export async function flipByte(path: string): Promise<number> {
  await chmod(path, 0o644);
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    const offset = Math.floor(size / 2);
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, offset);
    byte.writeUInt8(byte.readUInt8(0) ^ 0xff, 0);
    await file.write(byte, 0, 1, offset);
    await file.sync();
    return offset;
  } finally {
    await file.close();
  }
}
