import { Malformed } from "../bytes/malformed.ts";
import type { RandomAccess } from "../bytes/random-access.ts";
import { ManifestError } from "../error.ts";
import { isObject } from "../json/is-object.ts";
import type { JsonObject, JsonValue } from "../json/json.ts";
import { parseJson } from "../json/parse-json.ts";
import { kerasClassFault } from "./keras-class.ts";
import type { Content, ScanRecord } from "./scan-record.ts";
import { searchKerasClasses } from "./search-keras.ts";

const limits = { maxBytes: 64 << 20, maxDepth: 500 };

/**
 * Looks at every class that a JSON document would have Keras build. Python reads more than strict JSON: a document that is
 * none is searched as text, unless it is the configuration of an archive, which is then broken.
 */
export async function scanKerasConfig(scan: ScanRecord, content: Content): Promise<void> {
  let config: JsonValue;
  try {
    config = await readJson(content.file);
  } catch (error) {
    if (!(error instanceof Malformed) || content.path.length > 0) throw error;
    scan.warn(content, "structure", error.message);
    await searchKerasClasses(scan, content);
    return;
  }
  for (const object of objectsIn(config)) {
    const { class_name: name, module } = object;
    if (typeof name !== "string" || !("config" in object || "module" in object)) continue;
    const fault = kerasClassFault(name, typeof module === "string" ? module : undefined);
    if (fault !== undefined) scan.refuse(content, "code", fault);
  }
}

function* objectsIn(root: JsonValue): Generator<JsonObject> {
  const pending: JsonValue[] = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isObject(next)) yield next;
    if (typeof next === "object" && next !== null) {
      for (const value of Object.values(next)) pending.push(value as JsonValue);
    }
  }
}

async function readJson(file: RandomAccess): Promise<JsonValue> {
  if (file.size > limits.maxBytes) throw new Malformed(`json: ${file.size} bytes`);
  try {
    return parseJson(await file.read(0, file.size), limits);
  } catch (cause) {
    if (!(cause instanceof ManifestError)) throw cause;
    throw new Malformed(cause.message, { cause });
  }
}
