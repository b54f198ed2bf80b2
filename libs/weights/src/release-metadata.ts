import { join } from "node:path";
import {
  type JsonObject,
  type JsonValue,
  type ModelMetadata,
  parseJson,
  readMetadata,
  sizeMb,
} from "@plimsoll/manifest";
import type { Collected } from "./collect.ts";
import { fileFacts } from "./file-facts.ts";
import type { HashedFile } from "./hash-files.ts";
import { readSmallFile } from "./read-small-file.ts";

/** What describes a model, in a folder of weights: the first that is there counts. */
const DOCUMENTS = ["metadata.json", "model_metadata.json"];
/** A flat array of class names, for metadata without any. */
const CLASS_NAMES = "class_names.json";

/** What a publish knows of a version. */
export interface ReleaseFacts {
  readonly release: string | undefined;
  readonly files: readonly (Pick<HashedFile, "name" | "size" | "sha256" | "format"> & {
    /** Where the file is on this disk: it is looked into for what it says of itself. */
    readonly path?: string;
  })[];
  readonly uploadedAt: Date;
}

/** Metadata for one folder of weights. */
export interface ReleaseMetadata {
  /** The metadata of a version made of these files. */
  readonly metadata: (facts: ReleaseFacts) => Promise<JsonObject>;
  /** What a training called its model. */
  readonly modelName: string | undefined;
}

/**
 * Reads what describes a model: the given document, else `metadata.json` or `model_metadata.json` beside the weights,
 * and `class_names.json` where those name no classes. Version, time, size and digest are those of the publish, whatever
 * an older document says. Throws `E_MANIFEST_PARSE` or `E_MANIFEST_SCHEMA` for a document that is not one.
 */
export async function releaseMetadata(
  collected: Collected,
  given?: JsonObject,
): Promise<ReleaseMetadata> {
  const described = given
    ? readMetadata(given, "metadata")
    : await readDocument(collected.folder, DOCUMENTS);
  const classes =
    described?.classes ?? (await readDocument(collected.folder, [CLASS_NAMES]))?.classes;
  return {
    modelName: described?.model_name,
    metadata: async (facts) => {
      const main = mainFile(facts.files);
      const said = main?.path === undefined ? {} : await fileFacts(main.path, main.name);
      return describeRelease(described, classes, facts, said);
    },
  };
}

/** The metadata of a version: what was found about it, under the facts of the publish; the file itself fills the rest. */
export function describeRelease(
  described: ModelMetadata | undefined,
  classes: ModelMetadata["classes"],
  { release, files, uploadedAt }: ReleaseFacts,
  said: JsonObject = {},
): JsonObject {
  const main = mainFile(files);
  const own = {
    ...(release !== undefined && { version: release }),
    uploaded_at: `${uploadedAt.toISOString().slice(0, 19)}Z`,
    ...(main && { file_size_mb: sizeMb(main.size), sha256: main.sha256 }),
  };
  const kept = Object.entries(described ?? {}).filter(([key]) => !Object.hasOwn(own, key));
  const rest = Object.fromEntries(kept) as JsonObject;
  return { ...own, ...said, ...rest, ...(classes && { classes }) };
}

/** The file that `sha256` and `file_size_mb` speak of: the largest ONNX file, which is what gets served, else the largest. */
function mainFile(files: ReleaseFacts["files"]): ReleaseFacts["files"][number] | undefined {
  const weights = files.filter(({ name }) => !/\.(?:json|txt)$/i.test(name));
  const onnx = weights.filter(({ format }) => format === "onnx");
  const [first] = [...(onnx.length > 0 ? onnx : weights)].sort((a, b) => b.size - a.size);
  return first;
}

async function readDocument(
  folder: string,
  names: readonly string[],
): Promise<ModelMetadata | undefined> {
  for (const name of names) {
    const path = join(folder, name);
    const bytes = await readSmallFile(path);
    if (bytes === undefined) continue;
    const json: JsonValue = parseJson(bytes, { source: path });
    return readMetadata(json, path);
  }
  return undefined;
}
