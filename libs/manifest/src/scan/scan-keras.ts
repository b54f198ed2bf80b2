import { Malformed } from "../bytes/malformed.ts";
import type { RandomAccess } from "../bytes/random-access.ts";
import { ManifestError } from "../error.ts";
import { isObject } from "../json/is-object.ts";
import type { JsonObject, JsonValue } from "../json/json.ts";
import { parseJson } from "../json/parse-json.ts";
import { printable } from "../text/printable.ts";
import type { Content, ScanRecord } from "./scan-record.ts";

/** Layers that hold code, or load it from elsewhere. */
const codeClasses: ReadonlySet<string> = new Set([
  "Lambda",
  "__lambda__",
  "TorchModuleWrapper",
  "TFSMLayer",
  "JaxLayer",
  "FlaxLayer",
]);
const className = /^[A-Za-z_]\w*$/;
/** Where the classes of honest models live. Other parts of Keras download, unpack or switch off its own guards. */
const modules =
  /^(?:builtins|(?:tf_)?keras(?:\.src)?(?:\.(?:activations|applications|constraints|dtype_policies|engine|initializers|layers|legacy|losses|metrics|models|ops|optimizers|quantizers|random|regularizers|schedules)(?:\.\w+)*)?)$/;

const limits = { maxBytes: 64 << 20, maxDepth: 500 };

/** What a Keras class of this name and module would run; undefined for plain layers. */
export function kerasClassFault(name: string, module?: string): string | undefined {
  if (codeClasses.has(name)) return `a ${name} layer holds code`;
  if (!className.test(name)) return `a class with the name "${printable(name, 80)}"`;
  if (module !== undefined && !modules.test(module)) {
    return `the class ${printable(module, 80)}.${name} is not of Keras`;
  }
  return undefined;
}

/** Looks at every class that the configuration of a Keras model names. */
export async function scanKerasConfig(scan: ScanRecord, content: Content): Promise<void> {
  for (const { class_name: name, module } of objectsIn(await readJson(content.file))) {
    if (typeof name !== "string") continue;
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

/** True for the configuration of a Keras model, in whatever file it stands. */
export async function isKerasConfig(file: RandomAccess): Promise<boolean> {
  if (file.size > limits.maxBytes) return false;
  const text = Buffer.from(await file.read(0, file.size));
  return text.includes('"class_name"') && text.includes('"config"');
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
