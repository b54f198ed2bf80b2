import type { RandomAccess } from "../bytes/random-access.ts";
import { PickleGlobal, PickleTuple, type PickleValue } from "../scan/pickle-machine.ts";
import { scanPickleIn } from "../scan/scan-pickle.ts";
import { dtypeName } from "./dtype-name.ts";
import type { Counted } from "./tensor-count.ts";

const rebuild = /^torch\._utils\._rebuild_tensor(?:_v[23])?$/;

/**
 * The tensors that a pickle of PyTorch would rebuild, by following it without loading it: each is a call with a storage,
 * an offset and a shape (`torch/_utils.py`). `pickles`: how many stand in front of the one with the object.
 */
export async function torchTensors(file: RandomAccess, pickles = 0): Promise<readonly Counted[]> {
  const tensors: Counted[] = [];
  let at = 0;
  for (let i = 0; i < pickles; i += 1) at = (await scanPickleIn(file, at)).end;
  await scanPickleIn(file, at, (name, args) => {
    if (!rebuild.test(name)) return;
    const [storage, , shape] = args;
    const axes = shape instanceof PickleTuple ? shape.items : [];
    tensors.push({
      dtype: dtypeOf(storage, args),
      elements: axes.reduce<number>((product, axis) => product * Number(axis ?? Number.NaN), 1),
    });
  });
  return tensors.filter(({ elements }) => Number.isSafeInteger(elements) && elements >= 0);
}

/** A storage is known by `("storage", torch.FloatStorage, key, device, length)`; one without a type has it as an argument. */
function dtypeOf(storage: PickleValue, args: readonly PickleValue[]): string {
  const type = storage instanceof PickleTuple ? storage.items[1] : undefined;
  const untyped = type instanceof PickleGlobal && type.name.endsWith("UntypedStorage");
  const global = untyped ? args.find((arg) => arg instanceof PickleGlobal) : type;
  return global instanceof PickleGlobal ? dtypeName(global.name) : "unknown";
}
