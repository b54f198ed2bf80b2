import { isModelName } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import {
  followChannel,
  type FollowOptions,
  listVersions,
  type Pointer,
  readRelease,
  storeKeys,
} from "@plimsoll/weights";
import { parseDesired } from "./desired.ts";
import type { ModelSource } from "./model-source.ts";
import { servingKeys } from "./serving-keys.ts";
import { bringVersion, type StoredContext } from "./stored-version.ts";
import type { StoreLink } from "./store-link.ts";
import type { Target } from "./target.ts";
import { watchDocument } from "./watched-document.ts";

export interface StoreSourceOptions {
  readonly link: StoreLink;
  readonly model: string;
  /** The followed channel. Default: `production`, else `latest`. */
  readonly channel?: string | undefined;
  readonly follow: FollowOptions;
  readonly context: StoredContext;
}

/** Versions of a model in a store, with the channel that names one of them and the desired state that reloads write. */
export function storeSource(options: StoreSourceOptions): ModelSource {
  const { link, model, follow, context } = options;
  const channels = options.channel === undefined ? ["production", "latest"] : [options.channel];
  const watched = channels.map((channel) => watchPointer(model, channel, follow));
  const desiredKey = servingKeys.desired(model);
  const desiredWatch = watchDocument(desiredKey);
  let newestAt: number | undefined;
  let own: { readonly version: string | undefined; readonly sequence: number } | undefined;

  const pointerOf = async (driver: Driver): Promise<Pointer | undefined> => {
    for (const watch of watched) {
      const pointer = await watch(driver);
      if (pointer !== undefined) return pointer;
    }
    return undefined;
  };

  return {
    async target(how) {
      return await link.use(async (driver) => {
        const [pointer, { seen }] = await Promise.all([
          pointerOf(driver),
          desiredWatch.look(driver),
        ]);
        const desired = seen && parseDesired(seen.value, model, `${desiredKey} at ${driver.url}`);
        const sequence = pointer?.sequence ?? 0;
        const generation = desired?.generation ?? 0;
        const history = pointer?.history.map(({ version }) => version) ?? [];
        const facts = { sequence, generation, history };
        const order = own ?? desired;
        if (
          how !== "channel" &&
          order?.version !== undefined &&
          sequence <= (order.sequence ?? 0)
        ) {
          return { version: order.version, by: "desired", ...facts } satisfies Target;
        }
        if (pointer !== undefined) {
          const { version, manifest, channel } = pointer;
          const named = { version, manifest: manifest.checksum, channel };
          return { ...named, by: "channel", ...facts } satisfies Target;
        }
        // Without a channel the newest is looked for only when a reload asks for it.
        if (how === "look" && generation === newestAt) return undefined;
        newestAt = generation;
        const newest = await readRelease(driver, model, undefined, {
          ...follow,
          ...(options.channel !== undefined && { channel: options.channel }),
        });
        const others = await olderVersions(driver, model, newest.version);
        return {
          version: newest.version,
          by: "newest",
          ...facts,
          history: others,
        } satisfies Target;
      });
    },
    async channel(name) {
      return await link.use(async (driver) =>
        isModelName(name) ? (await followChannel(driver, model, name, follow))?.version : undefined,
      );
    },
    override(version, sequence) {
      own = version === undefined ? undefined : { version, sequence };
    },
    bring: (wanted) => bringVersion(link, wanted, context),
  };
}

/** Published versions besides this one, newest first; none where the store does not list. */
async function olderVersions(driver: Driver, model: string, version: string): Promise<string[]> {
  const listed = await listVersions(driver, model).catch(() => []);
  return listed
    .filter((each) => each.state === "published" && !each.isYanked && each.version !== version)
    .map((each) => each.version);
}

/** The channel's pointer; read again only when its document is another. Hosts with a document a move are always read. */
function watchPointer(
  model: string,
  channel: string,
  follow: FollowOptions,
): (driver: Driver) => Promise<Pointer | undefined> {
  let etag: string | undefined;
  let pointer: Pointer | undefined;
  let hasLooked = false;
  return async (driver) => {
    const stat = driver.swap && (await driver.stat(storeKeys.channel(model, channel)));
    if (driver.swap !== undefined && hasLooked && stat?.etag === etag) {
      if (stat === undefined || etag !== undefined) return pointer;
    }
    pointer = await followChannel(driver, model, channel, follow);
    etag = stat?.etag;
    hasLooked = true;
    return pointer;
  };
}
