import type { Driver } from "@plimsoll/storage";
import { changePointer, type ChangedPointer, type ChangePointerOptions } from "./change-pointer.ts";
import type { NextPointer, Pointer } from "./pointer.ts";
import { yankedError } from "./yanked.ts";

export interface MovePointerOptions extends ChangePointerOptions {
  /** Asked before each try, with the channel as it stands; throws to refuse the move. */
  readonly check?: ((current: Pointer | undefined) => Promise<void>) | undefined;
}

/**
 * Points a channel at a version, one sequence higher, and gives the pointer that stands then; one that already names
 * this very manifest is left alone, unless it gets a signature or another end of its time. Others that move it meanwhile
 * lose nothing: their move becomes history (row S7).
 *
 * Throws `E_YANKED` for a version that the channel has withdrawn, what `check` throws, and what `changePointer` throws.
 */
export async function movePointer(
  driver: Driver,
  next: NextPointer,
  options: MovePointerOptions = {},
): Promise<ChangedPointer> {
  const { signingKeys = [], check } = options;
  const changed = await changePointer(
    driver,
    next,
    async (current) => {
      await check?.(current?.pointer);
      if (current?.pointer.revoked.includes(next.version)) {
        throw yankedError(next.model, next.version, "revoked by its channel", driver.url);
      }
      const isThere =
        current?.pointer.version === next.version &&
        current.pointer.manifest.checksum === next.manifest.checksum &&
        next.expires === undefined &&
        (current.isSigned || signingKeys.length === 0);
      return isThere ? undefined : next;
    },
    options,
  );
  // Left alone is only what is there.
  return changed as ChangedPointer;
}
