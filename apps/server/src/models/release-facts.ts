import { readFile } from "node:fs/promises";
import { collectBytes, type ModelMetadata, readMetadata, sha256 } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { readRelease, storeKeys, type StoredRelease } from "@plimsoll/weights";
import type { StoredFacts } from "./describe.ts";
import type { ModelEntry } from "./model-set.ts";
import type { ServingOptions } from "./serving-options.ts";

/** What a store says of a version that nobody has loaded yet. */
export interface ReleaseFacts {
  readonly version: string;
  readonly metadata: ModelMetadata | undefined;
  /** Of the file that would be loaded. */
  readonly digest: string | undefined;
  /** Markdown; undefined where none was published. */
  card(): Promise<string | undefined>;
}

/** A version never changes: what was read of it once holds. A release that was refused is not kept. */
const known = new WeakMap<ModelEntry, Map<string, ReleaseFacts>>();

const maxCardBytes = 256 * 1024;
const isCard = (name: string): boolean => /^(?:model[-_]card|readme)\.md$/i.test(name);
/** `model-card.md` before `README.md`. */
const cardOf = (names: readonly string[]): string | undefined => names.filter(isCard).sort()[0];

/** The version that would be loaded: what the model's channel names, else `latest`, else the newest. */
export function followedVersion(
  { configured }: Pick<ServingOptions, "configured">,
  { name }: Pick<ModelEntry, "name">,
  { versions, channels }: StoredFacts,
): string | undefined {
  const own = configured?.[name]?.channel ?? "production";
  const named = (channel: string): string | undefined =>
    channels.find((pointer) => pointer.channel === channel)?.version;
  return (
    named(own) ?? named("latest") ?? versions.find(({ isYanked }) => isYanked !== true)?.version
  );
}

/** Undefined where the version is not in the store, or is not trusted as this server is configured. */
export async function releaseFacts(
  options: Pick<ServingOptions, "keys" | "attestation">,
  entry: ModelEntry,
  version: string,
): Promise<ReleaseFacts | undefined> {
  const { name, link } = entry;
  let versions = known.get(entry);
  if (versions === undefined) known.set(entry, (versions = new Map()));
  const kept = versions.get(version);
  if (kept !== undefined || link === undefined) return kept;
  const { keys, attestation } = options;
  const trust = { ...(keys && { keys }), ...(attestation && { attestation }) };
  try {
    const release = await link.use((driver) =>
      readRelease(driver, name, version, { allowYanked: true, ...trust }),
    );
    const { metadata } = release.manifest.manifest;
    let card: Promise<string | undefined> | undefined;
    const facts: ReleaseFacts = {
      version,
      metadata: metadata === undefined ? undefined : readMetadata(metadata, version),
      digest: mainOf(release),
      card: () =>
        (card ??= link
          .use((driver) => storedCard(driver, release))
          // A store that could not give it may do so the next time.
          .then((text) => (text === undefined ? (card = undefined) : text))),
    };
    // A folder without a manifest may be a version that is just being published.
    if (release.pinned) versions.set(version, facts);
    return facts;
  } catch {
    return undefined;
  }
}

function mainOf({ model, manifest }: StoredRelease): string | undefined {
  const models = [...manifest.manifest.weights].filter(([name]) => /\.onnx$/i.test(name));
  const own = models.find(([name]) => name.toLowerCase() === `${model}.onnx`) ?? models[0];
  return own?.[1].checksum;
}

async function storedCard(
  driver: Driver,
  { model, version, manifest }: StoredRelease,
): Promise<string | undefined> {
  const { weights } = manifest.manifest;
  const name = cardOf([...weights.keys()]);
  const entry = name === undefined ? undefined : weights.get(name);
  if (name === undefined || entry === undefined || entry.encoding !== undefined) return undefined;
  const key = `${storeKeys.version(model, version)}${name}`;
  try {
    const { body } = await driver.read(key);
    const bytes = await collectBytes(body, { maxBytes: maxCardBytes, source: key });
    return sha256(bytes) === entry.checksum ? new TextDecoder().decode(bytes) : undefined;
  } catch {
    return undefined;
  }
}

/** The card beside the files of a version that is loaded. */
export async function loadedCard(
  files: readonly { readonly name: string; readonly path: string; readonly size: number }[],
): Promise<string | undefined> {
  const name = cardOf(files.map((file) => file.name));
  const file = files.find((each) => each.name === name && each.size <= maxCardBytes);
  return file && (await readFile(file.path, "utf8").catch(() => undefined));
}
