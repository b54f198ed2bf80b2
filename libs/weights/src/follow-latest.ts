import type { Driver } from "@plimsoll/storage";
import { writeModelMetadata } from "./model-metadata.ts";
import { readPointer } from "./read-pointer.ts";
import { readRelease } from "./read-release.ts";

/** So often somebody else may move the channel meanwhile. */
const TRIES = 8;

/**
 * Makes `models/<model>/metadata.json` say what `latest` names, after a move of it. Looked at again afterwards: of several
 * movers the last one's version must stand.
 */
export async function followLatest(
  driver: Driver,
  model: string,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onWarning?: ((message: string) => void) | undefined;
  } = {},
): Promise<void> {
  const { signal } = options;
  const call = signal ? { signal } : {};
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = await readPointer(driver, model, "latest", { signal });
    if (before === undefined) return;
    const { version, sequence } = before.pointer;
    const { manifest } = await readRelease(driver, model, version, { ...call, allowYanked: true });
    await writeModelMetadata(driver, model, manifest, {
      ...call,
      onEvent: (event) => {
        if (event.type === "warning") options.onWarning?.(event.message);
      },
    });
    const after = await readPointer(driver, model, "latest", { signal });
    if (after?.pointer.sequence === sequence) return;
  }
}
