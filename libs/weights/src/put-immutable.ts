import { sha256Stream } from "@plimsoll/manifest";
import type { ByteSource, CallOptions, Driver, ObjectStat, WriteOptions } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import { codeOf } from "./problem.ts";

/** An object of a version: written once, never changed. */
export interface ImmutableObject {
  readonly key: string;
  /** For messages. */
  readonly name: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  readonly source: ByteSource;
  readonly contentType: string;
  /** As `WriteOptions` has them. */
  readonly md5Parts?: WriteOptions["md5Parts"];
}

/** Browsers and CDNs may keep what never changes. */
const FOR_EVER = "public, max-age=31536000, immutable";

/**
 * Stores an object unless it is there already: "kept" when these very bytes are, `E_EXISTS` when others are. `present`
 * says what a listing found under the key, `"unknown"` where nothing was listed.
 */
export async function putImmutable(
  driver: Driver,
  object: ImmutableObject,
  options: Pick<WriteOptions, "signal" | "onProgress"> & {
    readonly present: "yes" | "no" | "unknown";
  },
): Promise<"written" | "kept"> {
  const call = options.signal ? { signal: options.signal } : {};
  if (options.present !== "no") {
    const stat = await driver.stat(object.key, call);
    if (stat !== undefined) return await keep(driver, object, stat, call);
  }
  try {
    await driver.write(object.key, object.source, {
      ...call,
      ...(options.onProgress && { onProgress: options.onProgress }),
      onlyIfAbsent: true,
      sha256: object.sha256,
      contentType: object.contentType,
      ...(object.md5Parts && { md5Parts: object.md5Parts }),
      cacheControl: FOR_EVER,
    });
    return "written";
  } catch (error) {
    if (codeOf(error) !== "E_EXISTS") throw error;
    // Somebody was faster: of the same bytes that is no harm (row S1).
    const stat = await driver.stat(object.key, call);
    if (stat === undefined) throw error;
    return await keep(driver, object, stat, call);
  }
}

/** SHA-256 of what a store has under a key: what the host says, else of the bytes, read back. */
export async function storedDigest(
  driver: Driver,
  stat: ObjectStat,
  options: CallOptions,
): Promise<string> {
  if (stat.sha256 !== undefined) return stat.sha256;
  const { body } = await driver.read(stat.key, options);
  return (await sha256Stream(body)).sha256;
}

async function keep(
  driver: Driver,
  object: ImmutableObject,
  stat: ObjectStat,
  options: CallOptions,
): Promise<"kept"> {
  const same =
    stat.size === object.size && (await storedDigest(driver, stat, options)) === object.sha256;
  if (same) return "kept";
  throw new WeightsError(
    "E_EXISTS",
    `${object.name}: ${object.key} exists with other bytes (${stat.size} bytes) at ${driver.url}: a version never changes, publish under a new one`,
  );
}
