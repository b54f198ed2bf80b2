import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type JsonObject, parseJson } from "@plimsoll/manifest";
import { PipelineError } from "../error.ts";
import { writeDurably } from "../runs/work-file.ts";

/** Names in a feature cache; nothing else is unpacked. */
const nameForm = /^[0-9a-f]{2}\/[0-9a-f]{64}\.f32$/;

/** The files of a feature cache as one object: length of the head (4 bytes), its JSON, then the files one after another. */
export async function packFiles(dir: string): Promise<Uint8Array> {
  const entries: { readonly name: string; readonly bytes: Uint8Array }[] = [];
  for (const folder of (await readdir(dir).catch(() => [])).sort()) {
    for (const file of (await readdir(join(dir, folder)).catch(() => [])).sort()) {
      const name = `${folder}/${file}`;
      if (nameForm.test(name)) entries.push({ name, bytes: await readFile(join(dir, name)) });
    }
  }
  const files = entries.map(({ name, bytes }) => ({ name, size: bytes.length }));
  const head = Buffer.from(JSON.stringify({ files }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, ...entries.map(({ bytes }) => bytes)]);
}

/** Puts packed files into a feature cache; gives how many. Throws `E_INPUT` for bytes that are no pack. */
export async function unpackFiles(bytes: Uint8Array, dir: string, source: string): Promise<number> {
  const refuse = (): never => {
    throw new PipelineError("E_INPUT", `${source}: holds no packed features`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint32(0, true) > bytes.length - 4) return refuse();
  let at = 4 + view.getUint32(0, true);
  const head = parseJson(bytes.subarray(4, at), { maxBytes: 16 * 1024 * 1024 }) as JsonObject;
  const { files } = head;
  if (!Array.isArray(files)) return refuse();
  for (const entry of files as readonly JsonObject[]) {
    const { name, size } = entry;
    if (typeof name !== "string" || !nameForm.test(name)) return refuse();
    if (typeof size !== "number" || !(size >= 0) || at + size > bytes.length) return refuse();
    const path = join(dir, name);
    await mkdir(join(dir, name.slice(0, 2)), { recursive: true });
    await writeDurably(path, bytes.subarray(at, at + size));
    at += size;
  }
  return files.length;
}
