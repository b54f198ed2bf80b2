import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "./fault.ts";

const blockBytes = 65_536;
/** Pause between two writes of a limited body. */
const tickMs = 20;

/**
 * Writes an answer's body: at once, or at `bytesPerSecond`; stops for ever at `stallAfter`; without end for `endless`.
 * Counts through `onSent`. Returns when the body is out or the connection is gone.
 */
export async function sendBody(
  socket: Socket,
  body: Uint8Array,
  fault: Fault,
  bytesPerSecond: number | undefined,
  onSent: (bytes: number) => void,
): Promise<void> {
  const limit = fault.stallAfter ?? (fault.endless ? Infinity : body.length);
  const filler = fault.endless ? Buffer.alloc(blockBytes, "endless ") : undefined;
  const began = performance.now();
  for (let at = 0; at < limit && !socket.destroyed;) {
    const due =
      bytesPerSecond === undefined
        ? blockBytes
        : Math.floor(((performance.now() - began + tickMs) / 1000) * bytesPerSecond) - at;
    const take = Math.min(due, blockBytes, limit - at);
    const block = at < body.length ? body.subarray(at, at + take) : filler?.subarray(0, take);
    if (block === undefined) break;
    if (block.length > 0) {
      at += block.length;
      const free = socket.write(block);
      onSent(block.length);
      if (!free) await Promise.race([once(socket, "drain"), once(socket, "close")]);
    }
    if (bytesPerSecond !== undefined && at < limit) await sleep(tickMs);
  }
  if (fault.stallAfter !== undefined && !socket.destroyed) await once(socket, "close");
}
