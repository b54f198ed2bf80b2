import { mkdir, readdir, rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import { parseJson, sha256 } from "@plimsoll/manifest";
import type { SeenPointer } from "./judge-pointer.ts";
import { codeOf } from "./problem.ts";
import { readSmallFile } from "./read-small-file.ts";
import { writeFileWhole } from "./write-file.ts";

/** A channel of a store. */
export interface ChannelPlace {
  /** URL of the store. */
  readonly store: string;
  readonly model: string;
  readonly channel: string;
}

/** What was found of the last look. */
export interface Remembered {
  readonly seen: SeenPointer | undefined;
  /** There was a memory and it cannot be read: what protects from replays is gone (row D10). */
  readonly isLost: boolean;
}

/** The highest move seen of each channel. Survives restarts; made for one user, shared by processes. */
export interface TrustMemory {
  recall(place: ChannelPlace): Promise<Remembered>;
  remember(place: ChannelPlace, seen: SeenPointer): Promise<void>;
  /** Forgets one channel, all of a model or of a store, or everything; gives how many channels were forgotten. */
  reset(which?: Partial<ChannelPlace>): Promise<number>;
}

/**
 * The memory in a folder: `<sha256 of place>/<sequence>.json`. The name holds the sequence, so that of two processes
 * that write at once the higher one stands, without a lock. Each file is written whole and flushed before lower ones go.
 */
export function openTrustMemory(dir: string): TrustMemory {
  const folderOf = ({ store, model, channel }: ChannelPlace): string =>
    join(dir, sha256(Buffer.from(JSON.stringify([store, model, channel]))).slice(0, 32));
  return {
    async recall(place) {
      const folder = folderOf(place);
      const [highest] = await sequencesIn(folder);
      if (highest === undefined) return { seen: undefined, isLost: await exists(folder) };
      const record = await readRecord(join(folder, `${highest}.json`));
      // The name alone still tells how far the channel was.
      if (record === undefined) return { seen: undefined, isLost: true };
      return { seen: { ...record.seen, sequence: highest }, isLost: false };
    },
    async remember(place, seen) {
      const folder = folderOf(place);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { sequence } = seen;
      const text = `${JSON.stringify({ ...place, ...seen })}\n`;
      await writeFileWhole(join(folder, `${sequence}.json`), Buffer.from(text));
      for (const old of await sequencesIn(folder)) {
        if (old < sequence) await unlink(join(folder, `${old}.json`)).catch(() => undefined);
      }
    },
    async reset(which = {}) {
      let forgotten = 0;
      for (const name of await readdir(dir).catch(() => [])) {
        const folder = join(dir, name);
        const [highest] = await sequencesIn(folder);
        const record =
          highest === undefined ? undefined : await readRecord(join(folder, `${highest}.json`));
        const isMeant = Object.entries(which).every(
          ([key, value]) =>
            value === undefined || record?.place[key as keyof ChannelPlace] === value,
        );
        if (!isMeant) continue;
        await rm(folder, { recursive: true, force: true });
        forgotten++;
      }
      return forgotten;
    },
  };
}

/** Sequences that a folder remembers, highest first. */
async function sequencesIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .flatMap((name) => /^([1-9][0-9]{0,14})\.json$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

async function exists(folder: string): Promise<boolean> {
  return await readdir(folder).then(
    () => true,
    () => false,
  );
}

async function readRecord(
  path: string,
): Promise<{ readonly place: Partial<ChannelPlace>; readonly seen: SeenPointer } | undefined> {
  try {
    const bytes = await readSmallFile(path);
    const value = bytes && parseJson(bytes, { maxBytes: 64 * 1024, maxDepth: 4, source: path });
    if (typeof value !== "object" || value === null) return undefined;
    const { store, model, channel, sequence, digest, issued_at } = value as Record<string, unknown>;
    if (typeof sequence !== "number" || typeof digest !== "string") return undefined;
    if (typeof issued_at !== "string" || Number.isNaN(Date.parse(issued_at))) return undefined;
    const place = { store, model, channel } as Partial<ChannelPlace>;
    return { place, seen: { sequence, digest, issued_at } };
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}
