import { printable } from "../text/printable.ts";

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

/** What a Keras class of this name and module would run; undefined for plain layers. */
export function kerasClassFault(name: string, module?: string): string | undefined {
  if (codeClasses.has(name)) return `a ${name} layer holds code`;
  if (!className.test(name)) return `a class with the name "${printable(name, 80)}"`;
  if (module !== undefined && !modules.test(module)) {
    return `the class ${printable(module, 80)}.${name} is not of Keras`;
  }
  return undefined;
}
