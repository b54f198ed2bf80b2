import { gearBytesAt, gearProgram } from "./gear-program.ts";
import { gearTable } from "./gear-table.ts";

/** The inner loop of the gear hash, over bytes that were loaded into it. */
export interface GearScan {
  /** Takes up to `gearSliceBytes` to look through. */
  load(bytes: Uint8Array): void;
  /** Offset behind the first byte of `from` to before `to` at which the hash has zeros under the mask, or -1. */
  scan(from: number, to: number, hash: number, mask: number): number;
  /** The hash after the last byte that `scan` looked at. */
  hash(): number;
}

/** Stays in the second-level cache between copy and scan. */
export const gearSliceBytes = 262_144;

const pageBytes = 65_536;
const pages = (gearBytesAt + gearSliceBytes) / pageBytes;

/** What this file needs of a global that the language's own types leave to browsers. */
interface WebAssemblyHost {
  readonly Memory: new (options: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (program: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

interface Exports {
  scan(at: number, end: number, hash: number, mask: number): number;
  readonly hash: { readonly value: number };
}

let shared: GearScan | undefined;

/** The one scan of this thread: nothing in it outlives a call. Plain JavaScript where there is no WebAssembly. */
export function gearScan(): GearScan {
  const { WebAssembly: host } = globalThis as { readonly WebAssembly?: WebAssemblyHost };
  return (shared ??= host === undefined ? plainScan() : compiledScan(host));
}

export function compiledScan(host: WebAssemblyHost): GearScan {
  const memory = new host.Memory({ initial: pages });
  new Int32Array(memory.buffer).set(gearTable);
  const bytesAt = new Uint8Array(memory.buffer, gearBytesAt);
  const program = new host.Module(gearProgram(pages));
  const instance = new host.Instance(program, { gear: { memory } });
  const { scan, hash } = instance.exports as Exports;
  return {
    load: (bytes) => bytesAt.set(bytes),
    scan(from, to, start, mask) {
      const found = scan(gearBytesAt + from, gearBytesAt + to, start, mask);
      return found < 0 ? -1 : found - gearBytesAt;
    },
    hash: () => hash.value,
  };
}

export function plainScan(): GearScan {
  let loaded: Uint8Array = new Uint8Array(0);
  let last = 0;
  return {
    load: (bytes) => (loaded = bytes),
    scan(from, to, start, mask) {
      let hash = start;
      for (let at = from; at < to; at += 1) {
        hash = ((hash << 1) + (gearTable[loaded[at] as number] as number)) | 0;
        if ((hash & mask) !== 0) continue;
        last = hash;
        return at + 1;
      }
      last = hash;
      return -1;
    },
    hash: () => last,
  };
}
