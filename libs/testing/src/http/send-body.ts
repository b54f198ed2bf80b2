import { once } from "node:events";
import type { Socket } from "node:net";
import type { Fault } from "./fault.ts";
import type { Pacer } from "./pacer.ts";

const blockBytes = 65_536;

/**
 * Writes an answer's body, held by `pacer` if there is one; stops for ever at `stallAfter`; without end for `endless`.
 * Counts through `onSent`. Returns when the body is out or the connection is gone.
 */
export async function sendBody(
  socket: Socket,
  body: Uint8Array,
  fault: Fault,
  pacer: Pacer | undefined,
  onSent: (bytes: number) => void,
): Promise<void> {
  const limit = fault.stallAfter ?? (fault.endless ? Infinity : body.length);
  const filler = fault.endless ? Buffer.alloc(blockBytes, "endless ") : undefined;
  for (let at = 0; at < limit && !socket.destroyed;) {
    const take = Math.min(pacer?.blockBytes ?? blockBytes, limit - at);
    const block = at < body.length ? body.subarray(at, at + take) : filler?.subarray(0, take);
    if (block === undefined) break;
    await pacer?.pass(block.length);
    const isFree = socket.write(block);
    at += block.length;
    onSent(block.length);
    if (!isFree && !socket.destroyed) await drained(socket);
  }
  if (fault.stallAfter !== undefined && !socket.destroyed) await once(socket, "close");
}

/** Until more may be written, or nobody reads any more. Leaves no listener behind. */
async function drained(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      socket.off("drain", go).off("close", go);
      resolve();
    };
    socket.on("drain", go).on("close", go);
  });
}
