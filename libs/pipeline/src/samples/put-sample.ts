import { bytesSource, type Driver } from "@plimsoll/storage";
import { PipelineError } from "../error.ts";
import { datasetKeys } from "./dataset-keys.ts";
import { codeOf, readJson } from "./read-json.ts";
import { readRecord, recordBytes, type SampleRecord } from "./sample-record.ts";
import { typeOfName } from "./sample-type.ts";

/** How a sample came to lie in the store. */
export interface PutSample {
  readonly key: string;
  readonly outcome: "stored" | "duplicate";
}

/** Where the bytes of a record lie. */
export function keyOf(record: SampleRecord): string {
  const { model, class: className, file, quarantine, held_out: heldOut } = record;
  if (heldOut) return datasetKeys.heldOutSample(model, className, file);
  return quarantine === undefined
    ? datasetKeys.original(model, className, file)
    : datasetKeys.quarantined(model, className, file);
}

/**
 * Stores a sample: first its provenance, created once for these bytes, then the bytes. A crash between the two is made
 * good by the next try. Of two senders of the same bytes at the same time one stores and the other gets `duplicate`.
 *
 * Throws `E_CLASS` where the same bytes are there under another class, and what the store throws.
 */
export async function putSample(
  store: Driver,
  record: SampleRecord,
  bytes: Uint8Array,
  options: { readonly signal?: AbortSignal } = {},
): Promise<PutSample> {
  const { signal } = options;
  const call = signal ? { signal } : {};
  const label = datasetKeys.provenance(record.model, record.sha256);
  let known: SampleRecord | undefined;
  try {
    await store.write(label, bytesSource(recordBytes(record), label), {
      ...call,
      onlyIfAbsent: true,
      contentType: "application/json",
    });
  } catch (error) {
    if (codeOf(error) !== "E_EXISTS") throw error;
    known = readRecord((await readJson(store, label, call))?.json);
  }
  if (known !== undefined && known.class !== record.class) {
    throw new PipelineError(
      "E_CLASS",
      `${record.original_name ?? record.file}: the same bytes are a sample of "${known.class}" since ${known.uploaded_at}; not added to "${record.class}" too`,
    );
  }
  const key = keyOf(known ?? record);
  try {
    await store.write(key, bytesSource(bytes, key), {
      ...call,
      onlyIfAbsent: true,
      sha256: record.sha256,
      contentType: typeOfName(record.file)?.mediaType ?? "application/octet-stream",
    });
    return { key, outcome: "stored" };
  } catch (error) {
    if (codeOf(error) !== "E_EXISTS") throw error;
    return { key, outcome: "duplicate" };
  }
}
