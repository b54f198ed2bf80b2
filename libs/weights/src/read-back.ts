import type { CallOptions, Driver } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import { storedDigest } from "./put-immutable.ts";

/** What must be found in the store. */
export interface ExpectedObject {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** A host that states no digest has objects up to this size read back and hashed. */
const HASHED_BACK_BYTES = 16 * 1024 * 1024;

/**
 * Asks the store what it holds and compares: the size always, the SHA-256 where the host states it. Where it does not,
 * small objects are read back and hashed, larger ones too with `full`. docs/adr/0021 says why.
 *
 * Throws `E_NOT_FOUND`, `E_SIZE` or `E_DIGEST`.
 */
export async function readBack(
  driver: Driver,
  expected: ExpectedObject,
  options: CallOptions & { readonly full?: boolean },
): Promise<void> {
  const call = options.signal ? { signal: options.signal } : {};
  const { key, name, size, sha256 } = expected;
  const stat = await driver.stat(key, call);
  const way = "publish again; if it happens again, the host does not keep what it is given";
  if (stat === undefined) {
    throw new WeightsError("E_NOT_FOUND", `${name}: ${key} is not at ${driver.url}: ${way}`);
  }
  if (stat.size !== size) {
    throw new WeightsError(
      "E_SIZE",
      `${name}: ${size} bytes were sent, ${driver.url} holds ${stat.size} under ${key}: ${way}`,
    );
  }
  if (stat.sha256 === undefined && !options.full && size > HASHED_BACK_BYTES) return;
  const stored = await storedDigest(driver, options.full ? { key, size } : stat, call);
  if (stored !== sha256) {
    throw new WeightsError(
      "E_DIGEST",
      `${name}: ${sha256} was sent, ${driver.url} holds ${stored} under ${key}: ${way}`,
    );
  }
}
