import type { FastifyRequest } from "fastify";
import { ServerError } from "../error.ts";

/** A multipart form with one file. */
export interface Form {
  readonly bytes: Uint8Array;
  /** As the client called it. Never used as a path. */
  readonly fileName?: string;
  readonly fields: ReadonlyMap<string, string>;
}

export interface FormOptions {
  /** Name of the part that holds the file. */
  readonly file: string;
  /** Names of the fields that may come with it. */
  readonly fields: readonly string[];
  readonly maxBytes: number;
}

/** The bytes of a file, refused as soon as there are too many: the rest of an upload without end is not waited for. */
async function readFile(file: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of file) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new ServerError("E_LIMIT", 413, `at most ${maxBytes} bytes are taken here`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A fault of the form's parser in this server's words; errors with a code are left as they are. */
function formFault(error: unknown): unknown {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string"
    ? error
    : new ServerError("E_USAGE", 400, "the form cannot be read", { cause: error });
}

/**
 * Reads a multipart form into memory; nothing is written to a disk.
 *
 * @throws ServerError 415 where it is no form, 413 over a limit, 400 for a part too many or too few.
 */
export async function readForm(request: FastifyRequest, options: FormOptions): Promise<Form> {
  try {
    return await readParts(request, options);
  } catch (error) {
    throw formFault(error);
  }
}

async function readParts(request: FastifyRequest, options: FormOptions): Promise<Form> {
  const { file, maxBytes } = options;
  if (!request.isMultipart()) {
    throw new ServerError("E_MEDIA", 415, `send multipart/form-data with the part "${file}"`);
  }
  const fields = new Map<string, string>();
  let found: { bytes: Uint8Array; fileName?: string } | undefined;
  const parts = request.parts({
    limits: {
      // One more than is taken, to tell a file that is too large from one that is not.
      fileSize: maxBytes + 1,
      files: 1,
      fields: 10,
      parts: 12,
      fieldNameSize: 100,
      fieldSize: 4_096,
      headerPairs: 20,
      headerSize: 4_096,
    },
  });
  for await (const part of parts) {
    if (part.type === "file") {
      if (part.fieldname !== file) {
        throw new ServerError("E_USAGE", 400, `the file belongs into the part "${file}"`);
      }
      const bytes = await readFile(part.file, maxBytes);
      found = { bytes, ...(part.filename && { fileName: part.filename.slice(0, 255) }) };
      continue;
    }
    if (part.fieldnameTruncated || part.valueTruncated) {
      throw new ServerError("E_LIMIT", 413, "a field of the form is too long");
    }
    const { fieldname: name, value } = part;
    if (!options.fields.includes(name) || typeof value !== "string" || fields.has(name)) {
      const known = [file, ...options.fields].join(", ");
      throw new ServerError("E_USAGE", 400, `the form takes each of these once: ${known}`);
    }
    if (value !== "") fields.set(name, value);
  }
  if (found === undefined || found.bytes.length === 0) {
    throw new ServerError("E_USAGE", 400, `the part "${file}" is missing or empty`);
  }
  return { ...found, fields };
}
