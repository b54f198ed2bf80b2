import type { Driver } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import { nextPointer, type NextPointer, type Pointer, writePointer } from "./pointer.ts";
import { codeOf } from "./problem.ts";
import { readPointer } from "./read-pointer.ts";
import { storeKeys } from "./store-keys.ts";

/** A lost race is tried again so often: each time somebody else's move went through. */
const TRIES = 32;

/**
 * Points a channel at a version, one sequence higher, and gives the pointer that stands then; one that already names
 * this very manifest is left alone. Others that move it meanwhile lose nothing: their move becomes history (row S7).
 *
 * Throws `E_CONFLICT` if the channel kept moving, and what the store throws.
 */
export async function movePointer(
  driver: Driver,
  next: NextPointer,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<{ readonly pointer: Pointer; readonly moved: boolean }> {
  const { model, channel } = next;
  const call = options.signal ? { signal: options.signal } : {};
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const current = await readPointer(driver, model, channel, options);
    if (
      current?.pointer.version === next.version &&
      current.pointer.manifest.checksum === next.manifest.checksum
    ) {
      return { pointer: current.pointer, moved: false };
    }
    const pointer = nextPointer(current?.pointer, next);
    const bytes = writePointer(pointer);
    try {
      if (driver.swap) {
        await driver.swap(storeKeys.channel(model, channel), bytes, {
          ...call,
          expected: current?.etag ?? null,
          contentType: "application/json",
        });
      } else {
        const key = `${storeKeys.channelMoves(model, channel)}${pointer.sequence}.json`;
        const { bytesSource } = await import("@plimsoll/storage");
        await driver.write(key, bytesSource(bytes, key), {
          ...call,
          onlyIfAbsent: true,
          contentType: "application/json",
        });
      }
      return { pointer, moved: true };
    } catch (error) {
      if (!["E_CONFLICT", "E_EXISTS"].includes(codeOf(error) ?? "")) throw error;
    }
  }
  throw new WeightsError(
    "E_CONFLICT",
    `${channel} of ${model}: others moved this channel ${TRIES} times meanwhile at ${driver.url}: try again`,
  );
}
