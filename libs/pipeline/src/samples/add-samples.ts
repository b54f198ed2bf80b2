import { isModelName, printable, sha256 } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { PipelineError } from "../error.ts";
import { checkSample, type SampleLimits, sampleLimits } from "./check-sample.ts";
import { className } from "./class-name.ts";
import { listOriginals } from "./list-originals.ts";
import { putSample } from "./put-sample.ts";
import { codeOf } from "./read-json.ts";
import type { SampleKind } from "./sample-type.ts";
import type { FoundSample } from "./sample-source.ts";

export interface AddSamplesOptions {
  readonly store: Driver;
  readonly model: string;
  /** A folder per class: `folderSamples` or `storeSamples`. */
  readonly from: AsyncIterable<FoundSample>;
  /** What the source is called in the provenance. */
  readonly source: string;
  readonly by?: string;
  readonly kind?: SampleKind;
  /** They are measured on after every training, and never learned from. Default false. */
  readonly heldOut?: boolean;
  readonly limits?: SampleLimits;
  /** Samples at the same time; default 8. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
  readonly onSample?: (event: AddedFile) => void;
}

/** How one file came out. */
export interface AddedFile {
  readonly path: string;
  readonly outcome: "added" | "duplicate" | "refused";
  readonly code?: string;
  readonly message?: string;
}

export interface AddSamplesResult {
  readonly added: number;
  readonly duplicates: number;
  readonly refused: readonly AddedFile[];
  /** Added and duplicate, by class. */
  readonly classes: Readonly<Record<string, number>>;
}

/** Errors of one file; all else ends the whole. */
const ofOneFile: ReadonlySet<string | undefined> = new Set([
  "E_CLASS",
  "E_MEDIA",
  "E_INPUT",
  "E_LIMIT",
  "E_PATH",
]);

/**
 * Adds originals from a folder per class, as an operator does: no quotas, new classes are taken. A file that cannot be
 * used is refused by name and stops no other; what is there already is left as it is, so that a second call goes on.
 *
 * Throws `E_USAGE` for a bad model name, and what the store throws.
 */
export async function addSamples(options: AddSamplesOptions): Promise<AddSamplesResult> {
  const { store, model, source, by, signal, concurrency = 8, now = () => new Date() } = options;
  if (!isModelName(model)) {
    throw new PipelineError("E_USAGE", `"${printable(model, 100)}" is no model name`);
  }
  const known = [
    ...(await listOriginals(store, model, { signal })),
    ...(await listOriginals(store, model, { signal, heldOut: true })),
  ];
  const there = new Set(known.map(({ class: label, sha256: digest }) => `${label} ${digest}`));
  let kind = options.kind ?? known[0]?.type.kind;
  const { maxAudioBytes, maxImageBytes } = { ...sampleLimits, ...options.limits };
  const maxBytes = Math.max(maxAudioBytes, maxImageBytes);
  const classes = new Map<string, number>();
  const refused: AddedFile[] = [];
  let [added, duplicates] = [0, 0];

  async function addOne(file: FoundSample): Promise<AddedFile> {
    const parts = file.path.split("/");
    const name = parts.at(-1) ?? "";
    if (parts.length < 2) {
      throw new PipelineError(
        "E_CLASS",
        `${file.path}: lies in no folder, and the folder is its class`,
      );
    }
    const label = className(parts[0] ?? "");
    const bytes = await file.read(maxBytes);
    const { type, seconds } = checkSample(bytes, file.path, { ...options.limits, kind });
    kind ??= type.kind;
    const digest = sha256(bytes);
    const count = (): void => void classes.set(label, (classes.get(label) ?? 0) + 1);
    if (there.has(`${label} ${digest}`)) {
      count();
      return { path: file.path, outcome: "duplicate" };
    }
    const { outcome } = await putSample(
      store,
      {
        schema: 1,
        model,
        class: label,
        sha256: digest,
        size: bytes.length,
        kind: type.kind,
        file: `${digest}.${type.extension}`,
        original_name: printable(name, 200),
        ...(seconds !== undefined && { seconds: Math.round(seconds * 1000) / 1000 }),
        uploaded_at: now().toISOString(),
        ...(by !== undefined && { uploaded_by: printable(by, 200) }),
        uploaded_from: printable(source, 300),
        ...(options.heldOut && { held_out: true as const }),
      },
      bytes,
      signal ? { signal } : {},
    );
    there.add(`${label} ${digest}`);
    count();
    return { path: file.path, outcome: outcome === "stored" ? "added" : "duplicate" };
  }

  const files = options.from[Symbol.asyncIterator]();
  // One reader asks the source at a time; several files are on their way.
  let turn: Promise<unknown> = Promise.resolve();
  const next = (): Promise<IteratorResult<FoundSample, void>> => {
    const mine = turn.then(() => files.next());
    turn = mine.catch(() => undefined);
    return mine;
  };
  async function lane(): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await next();
      if (done || value === undefined) return;
      let event: AddedFile;
      try {
        event = await addOne(value);
      } catch (error) {
        const code = codeOf(error);
        if (code === undefined || !ofOneFile.has(code)) throw error;
        event = { path: value.path, outcome: "refused", code, message: (error as Error).message };
        refused.push(event);
      }
      if (event.outcome === "added") added += 1;
      if (event.outcome === "duplicate") duplicates += 1;
      options.onSample?.(event);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane));
  return {
    added,
    duplicates,
    refused: refused.sort((a, b) => (a.path < b.path ? -1 : 1)),
    classes: Object.fromEntries([...classes].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
