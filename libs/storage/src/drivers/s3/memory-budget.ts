import { onAbort } from "../../on-abort.ts";

/** A block of memory that is lent. */
export interface Loan {
  /** Of the size asked for; what is in it is whatever the last user left. */
  readonly block: Buffer;
  giveBack(): void;
}

/** Smaller blocks are not worth keeping: they come in every size. */
const keptBytes = 2 ** 20;

/** Memory for parts of uploads, shared by all uploads of a store. */
export interface MemoryBudget {
  /** Waits for room, first come first served. Throws the signal's reason. */
  borrow(bytes: number, signal?: AbortSignal): Promise<Loan>;
}

interface Waiting {
  readonly bytes: number;
  readonly grant: () => void;
}

/**
 * Lends blocks of up to `limitBytes` together; a block larger than that is lent when no other is. Blocks that come back
 * are lent again, since fresh ones of this size would pile up faster than they are collected.
 */
export function memoryBudget(limitBytes: number): MemoryBudget {
  const queue: Waiting[] = [];
  let spare: Buffer[] = [];
  let lent = 0;

  const fits = (bytes: number): boolean => lent === 0 || lent + bytes <= limitBytes;

  const serveNext = (): void => {
    while (queue[0] !== undefined && fits(queue[0].bytes)) {
      const next = queue.shift();
      if (next === undefined) return;
      lent += next.bytes;
      next.grant();
    }
  };

  const take = (bytes: number): Buffer => {
    const at = spare.findIndex((block) => block.length === bytes);
    const [found] = at < 0 ? [] : spare.splice(at, 1);
    if (found !== undefined) return found;
    // Spare blocks of other sizes count too: what is lent and what is kept stay within the limit.
    const kept = spare.reduce((sum, block) => sum + block.length, 0);
    if (lent + kept > limitBytes) spare = [];
    return Buffer.allocUnsafeSlow(bytes);
  };

  const lend = (bytes: number): Loan => {
    const block = take(bytes);
    let isOut = true;
    const giveBack = (): void => {
      if (!isOut) return;
      isOut = false;
      lent -= bytes;
      if (bytes >= keptBytes && lent + bytes <= limitBytes) spare.push(block);
      serveNext();
    };
    return { block, giveBack };
  };

  return {
    async borrow(bytes, signal) {
      signal?.throwIfAborted();
      if (queue.length === 0 && fits(bytes)) {
        lent += bytes;
        return lend(bytes);
      }
      await new Promise<void>((resolve, reject) => {
        const waiting: Waiting = {
          bytes,
          grant: () => {
            takeBack();
            resolve();
          },
        };
        const takeBack = onAbort(signal, () => {
          queue.splice(queue.indexOf(waiting), 1);
          reject(signal?.reason as Error);
          serveNext();
        });
        queue.push(waiting);
      });
      return lend(bytes);
    },
  };
}
