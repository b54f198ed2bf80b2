import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";

import { bytesSource } from "../bytes-source.ts";
import { checkPrefix } from "../check-key.ts";
import type { Driver, ObjectStat, SwapOptions, WriteOptions } from "../driver.ts";
import { StorageError } from "../error.ts";
import type { StoreLocation } from "../store-location.ts";
import type { DriverSettings } from "./driver-factory.ts";
import { copyObject } from "./file/copy-object.ts";
import { diskError } from "../disk-error.ts";
import { findTemps, removeTemp, sweepFolder } from "./file/leftovers.ts";
import { listObjects } from "./file/list-objects.ts";
import { underLock } from "./file/lock.ts";
import { openObject } from "./file/object-stat.ts";
import { placeOf, type Place } from "./file/place.ts";
import { readObject } from "./file/read-object.ts";
import { removeObject } from "./file/remove-object.ts";
import { exists } from "./file/settle.ts";
import { writeObject } from "./file/write-object.ts";

/**
 * A store in a folder of this machine or of a mounted share. Objects are plain files under their keys; content type,
 * cache control and user metadata have no place in a file and are not kept. The folder is made by the first write.
 */
export function openFileStore(location: StoreLocation, settings: DriverSettings): Driver {
  const { root } = location;
  if (!isAbsolute(root)) {
    throw new StorageError("E_USAGE", `${root}: not a path of this machine`);
  }
  const swept = new Set<string>();

  /** Once a run and folder: what a writer left that died there. */
  async function sweep(place: Place): Promise<void> {
    if (swept.has(place.folder)) return;
    swept.add(place.folder);
    await sweepFolder(place.folder, settings.clock.now());
  }

  async function stat(place: Place): Promise<ObjectStat | undefined> {
    const found = await openObject(place);
    await found?.file.close();
    return found?.stat;
  }

  async function write(place: Place, options: WriteOptions, act: () => Promise<ObjectStat>) {
    options.signal?.throwIfAborted();
    if (options.onlyIfAbsent === true && (await stat(place)) !== undefined) {
      throw exists(place);
    }
    await sweep(place);
    return act();
  }

  async function swap(place: Place, bytes: Uint8Array, options: SwapOptions) {
    const { clock, random } = settings;
    const refuse = (found: ObjectStat | undefined): void => {
      if ((found?.etag ?? null) === options.expected) return;
      const reason = found === undefined ? "is not there" : "was changed by someone else";
      throw new StorageError("E_CONFLICT", `${place.key}: ${reason}; read it and try again`);
    };
    refuse(await stat(place));
    await sweep(place);
    const waiting = { clock, random, sleep: settings.sleep, ...signalOf(options) };
    return underLock(place, waiting, async (lock) => {
      refuse(await stat(place));
      const source = bytesSource(bytes, place.key);
      return writeObject(place, source, signalOf(options), () => lock.assertHeld());
    });
  }

  /** Runs `act` for a key; the system's errors come out as this room's. */
  async function at<T>(key: string, act: (place: Place) => Promise<T>): Promise<T> {
    const place = placeOf(root, key);
    try {
      return await act(place);
    } catch (error) {
      throw diskError(error, place.path);
    }
  }

  return {
    kind: "file",
    url: location.url,
    stat: (key, options) =>
      at(key, async (place) => {
        options?.signal?.throwIfAborted();
        return stat(place);
      }),
    read: (key, options = {}) => at(key, (place) => readObject(place, options)),
    write: (key, source, options = {}) =>
      at(key, (place) => write(place, options, () => writeObject(place, source, options))),
    async *list(prefix, options = {}) {
      checkPrefix(prefix);
      try {
        yield* listObjects(root, prefix, options);
      } catch (error) {
        throw diskError(error, join(root, prefix));
      }
    },
    remove: (key, options) =>
      at(key, async (place) => {
        options?.signal?.throwIfAborted();
        await removeObject(place);
      }),
    locate: (key) => pathToFileURL(placeOf(root, key).path).href,
    close: () => Promise.resolve(),
    copy: (from, to, options = {}) =>
      at(to, (place) =>
        write(place, options, () => copyObject(placeOf(root, from), place, options)),
      ),
    swap: (key, bytes, options) => at(key, (place) => swap(place, bytes, options)),
    multipart: {
      async *unfinished(prefix, options) {
        checkPrefix(prefix);
        yield* findTemps(root, prefix, options?.signal);
      },
      abort: (upload) => at(upload.key, () => removeTemp(root, upload)),
    },
  };
}

function signalOf({ signal }: { readonly signal?: AbortSignal }) {
  return signal === undefined ? {} : { signal };
}
