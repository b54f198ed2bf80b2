import { isModelName, printable, sha256 } from "@plimsoll/manifest";
import { PipelineError } from "../error.ts";
import { checkSample } from "./check-sample.ts";
import { className } from "./class-name.ts";
import { DatasetView } from "./dataset-view.ts";
import { keyOf, putSample, type PutSample } from "./put-sample.ts";
import { QuotaKeeper } from "./quotas.ts";
import { codeOf } from "./read-json.ts";
import type { SampleRecord } from "./sample-record.ts";
import type { AddedSample, SampleRules, Samples, SamplesOptions, SampleUpload } from "./samples.ts";
import { Spool } from "./spool.ts";

/** Codes that say something about the sample, so that sending it again would change nothing. */
const final: ReadonlySet<string | undefined> = new Set(["E_CLASS", "E_PATH", "E_USAGE"]);

/**
 * Takes samples: each is checked by its content, written to the spool on this disk, then sent. What the store does not
 * take in time stays in the spool and is sent again until it is there, also after a restart.
 */
export function openSamples(options: SamplesOptions): Samples {
  const { store, storeTimeoutMs = 10_000, retryMs = 30_000 } = options;
  const { now = () => new Date(), log = () => undefined } = options;
  const spool = new Spool(options.spoolDir);
  const quotas = new QuotaKeeper(options.quotas);
  const view = new DatasetView(store, { trustMs: options.listingMs ?? 60_000, now });
  const busy = new Map<string, Promise<unknown>>();
  let isClosed = false;
  let sending: Promise<number> | undefined;

  async function send(record: SampleRecord, bytes: Uint8Array): Promise<PutSample | undefined> {
    try {
      const put = await putSample(store, record, bytes, {
        signal: AbortSignal.timeout(storeTimeoutMs),
      });
      await spool.drop(record);
      view.saw(record);
      return put;
    } catch (error) {
      if (final.has(codeOf(error))) throw error;
      log(`${record.file}: not in ${store.url} yet, kept in ${spool.dir}: ${String(error)}`);
      return undefined;
    }
  }

  async function keepAndSend(
    record: SampleRecord,
    bytes: Uint8Array,
  ): Promise<PutSample | undefined> {
    await spool.keep(record, bytes);
    try {
      return await send(record, bytes);
    } catch (error) {
      await spool.drop(record);
      throw error;
    }
  }

  /** The same bytes twice at the same time: one after the other, since they are one file of the spool. */
  async function alone<Result>(digest: string, act: () => Promise<Result>): Promise<Result> {
    const before = busy.get(digest);
    const mine = (before ?? Promise.resolve()).catch(() => undefined).then(act);
    busy.set(digest, mine);
    try {
      return await mine;
    } finally {
      if (busy.get(digest) === mine) busy.delete(digest);
    }
  }

  async function sendAll(): Promise<number> {
    let left = 0;
    for (const record of await spool.waiting()) {
      if (isClosed) break;
      const bytes = await spool.bytes(record);
      try {
        if (bytes === undefined) throw new PipelineError("E_USAGE", `${record.file}: damaged`);
        if ((await send(record, bytes)) === undefined) left += 1;
      } catch (error) {
        log(`${record.file}: put aside in ${spool.dir}: ${String(error)}`);
        await spool.refuse(record);
      }
      // A store that took nothing this time takes the rest no sooner.
      if (left > 0) return (await spool.waiting()).length;
    }
    return left;
  }

  function sendWaiting(): Promise<number> {
    sending ??= sendAll().finally(() => (sending = undefined));
    return sending;
  }

  async function add(upload: SampleUpload): Promise<AddedSample> {
    const { model, bytes, name, by, from } = upload;
    if (!isModelName(model)) {
      throw new PipelineError("E_USAGE", `"${printable(model, 100)}" is no model name`);
    }
    const rule: SampleRules = options.rules?.(model) ?? {};
    const label = className(upload.class);
    const data = await view.look(model, AbortSignal.timeout(storeTimeoutMs), log);
    const known = new Set([...(rule.classes ?? []).map(className), ...data.classes.keys()]);
    const isNew = !known.has(label) && !rule.newClasses;
    if (isNew && data.isListed) {
      const names = [...known].sort().slice(0, 20).join(", ");
      throw new PipelineError(
        "E_CLASS",
        `${label}: no class of ${model} (${names || "none is known yet"}); allow new classes, or add the first samples with plimsoll dataset add`,
      );
    }
    const { type, seconds } = checkSample(bytes, name ?? "the sample", {
      ...options.limits,
      kind: rule.kind ?? data.kind,
    });
    const digest = sha256(bytes);
    const at = now();
    const sender = from ?? by ?? "";
    const base = { sha256: digest, class: label, at, ...(seconds !== undefined && { seconds }) };
    const before = data.digests.get(digest);
    if (before?.class === label) return { ...base, key: before.key, state: "duplicate" };
    const counts = {
      originals: data.classes.get(label) ?? 0,
      quarantined: data.quarantined.get(label) ?? 0,
    };
    const flood = quotas.judge(label, sender, counts, at.getTime());
    const unknown = isNew
      ? "its class could not be looked up: the store did not answer"
      : undefined;
    const quarantine =
      flood ?? unknown ?? (rule.approval ? "every sample is looked at" : undefined);
    const record: SampleRecord = {
      schema: 1,
      model,
      class: label,
      sha256: digest,
      size: bytes.length,
      kind: type.kind,
      file: `${digest}.${type.extension}`,
      ...(name !== undefined && { original_name: printable(name, 200) }),
      ...(seconds !== undefined && { seconds: Math.round(seconds * 1000) / 1000 }),
      uploaded_at: at.toISOString(),
      ...(by !== undefined && { uploaded_by: printable(by, 200) }),
      ...(from !== undefined && { uploaded_from: printable(from, 300) }),
      ...(quarantine !== undefined && { quarantine }),
    };
    const put = await alone(digest, () => keepAndSend(record, bytes));
    if (put?.outcome !== "duplicate") quotas.took(label, sender, at.getTime());
    const held = quarantine === undefined ? {} : { quarantine };
    if (put === undefined) return { ...base, key: keyOf(record), state: "waiting", ...held };
    return { ...base, key: put.key, state: put.outcome, ...held };
  }

  const timer =
    retryMs > 0 ? setInterval(() => void sendWaiting().catch(() => 0), retryMs) : undefined;
  timer?.unref();
  if (retryMs > 0) void sendWaiting().catch(() => 0);

  return {
    add,
    async counts(model) {
      const data = await view.look(model, AbortSignal.timeout(storeTimeoutMs), log);
      const waiting = (await spool.waiting()).filter((record) => record.model === model).length;
      return {
        model,
        samples: [...data.classes.values()].reduce((sum, count) => sum + count, 0),
        classes: Object.fromEntries(data.classes),
        quarantined: Object.fromEntries(data.quarantined),
        waiting,
      };
    },
    send: sendWaiting,
    async close() {
      isClosed = true;
      clearInterval(timer);
      await sending?.catch(() => 0);
    },
  };
}
