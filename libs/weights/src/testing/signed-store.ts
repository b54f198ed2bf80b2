import { readFile, rm, writeFile } from "node:fs/promises";
import { generateKeys, readSigningKey, signEnvelope, type TrustedKey } from "@plimsoll/manifest";
import { pointerType } from "../open-pointer.ts";
import type { Pointer } from "../pointer.ts";
import type { PublishOptions } from "../publish-request.ts";
import { publishWeights } from "../publish.ts";
import type { SyncOptions, SyncResult } from "../sync-request.ts";
import { syncWeights } from "../sync.ts";
import type { Workplace } from "./weights-folder.ts";

export const pair = generateKeys();
export const other = generateKeys();
export const key = readSigningKey(pair.privateKey);
export const otherKey = readSigningKey(other.privateKey);
export const keys: readonly TrustedKey[] = [{ id: "release", publicKey: pair.publicKey }];
export const otherKeys: readonly TrustedKey[] = [{ id: "other", publicKey: other.publicKey }];
export const now = () => new Date("2026-11-21T10:00:00Z");
export const days = (count: number) => () => new Date(now().getTime() + count * 86_400_000);

/** Publishes `a.onnx` with this text as a version, signed, on `production`. */
export async function publish(
  place: Workplace,
  release: string,
  text: string,
  options: Partial<PublishOptions> = {},
): Promise<void> {
  await place.fill({ "a.onnx": text });
  await publishWeights({
    from: [place.weights],
    to: [place.store],
    release,
    model: "m",
    channel: "production",
    cache: false,
    signingKeys: [key],
    now,
    ...options,
  });
}

export const sync = async (
  place: Workplace,
  options: Partial<SyncOptions> = {},
): Promise<SyncResult> =>
  await syncWeights({
    from: place.store,
    model: "m",
    channel: "production",
    dir: place.app,
    cache: place.cache,
    keys,
    now,
    ...options,
  });

export const pointerPath = (place: Workplace): string =>
  place.dir.join("store/models/m/channels/production.json");
export const file = (place: Workplace, name: string, version = "v1.0.0"): string =>
  place.dir.join(`store/models/m/${version}/${name}`);

/** Puts a file in the place of one that may be read-only or linked. */
export async function replace(path: string, bytes: string | Uint8Array): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, bytes);
}

/** The pointer as it stands, changed and signed again with the right key. */
export async function forge(place: Workplace, change: Partial<Pointer>): Promise<void> {
  const envelope = JSON.parse(await readFile(pointerPath(place), "utf8")) as { payload: string };
  const pointer = JSON.parse(Buffer.from(envelope.payload, "base64").toString()) as Pointer;
  const payload = Buffer.from(JSON.stringify({ ...pointer, ...change }));
  await replace(pointerPath(place), JSON.stringify(signEnvelope(payload, pointerType, [key])));
}
