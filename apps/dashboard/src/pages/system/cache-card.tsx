import type { CacheClearAnswer, CacheGcAnswer, SystemAnswer } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { ActionDialog } from "../../actions/action-dialog.tsx";
import { request } from "../../client/request.ts";
import { bytes } from "../../format/bytes.ts";
import { share } from "../../format/share.ts";
import { Card } from "../../parts/card.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Field } from "../../parts/field.tsx";
import { Meter } from "../../parts/meter.tsx";

/** The cache of weights on this machine, and its two brooms. */
export function CacheCard({ cache }: { readonly cache: SystemAnswer["cache"] }): ReactNode {
  const [open, setOpen] = useState<"gc" | "clear">();
  const asked = cache.hits + cache.misses;
  const close = (): void => setOpen(undefined);
  return (
    <Card
      title="Cache"
      aside={
        <span className="row">
          <button type="button" className="button" data-size="small" onClick={() => setOpen("gc")}>
            Shrink…
          </button>
          <button
            type="button"
            className="button"
            data-size="small"
            data-kind="danger"
            onClick={() => setOpen("clear")}
          >
            Clear…
          </button>
        </span>
      }
    >
      {cache.budget !== null && (
        <div className="stack-tight">
          <p className="row row-spread small">
            <span>Of its budget</span>
            <span className="num">
              {bytes(cache.bytes)} of {bytes(cache.budget)}
            </span>
          </p>
          <Meter
            value={cache.bytes / cache.budget}
            label="Cache, of its budget"
            tone={cache.bytes > cache.budget ? "bad" : "accent"}
          />
        </div>
      )}
      <Facts
        facts={[
          { name: "Files", value: cache.files.toLocaleString("en") },
          { name: "Size", value: bytes(cache.bytes) },
          {
            name: "Hits",
            value: cache.hits.toLocaleString("en"),
            ...(asked > 0 ? { note: share(cache.hits / asked) } : {}),
          },
          { name: "Misses", value: cache.misses.toLocaleString("en") },
          { name: "Folder", value: <code>{cache.directory}</code>, wide: true },
        ]}
      />
      {open === "gc" && <ShrinkDialog budget={cache.budget} onClose={close} />}
      {open === "clear" && <ClearDialog cache={cache} onClose={close} />}
    </Card>
  );
}

function ShrinkDialog(props: {
  readonly budget: number | null;
  readonly onClose: () => void;
}): ReactNode {
  const [mebibytes, setMebibytes] = useState(
    props.budget === null ? "" : String(Math.round(props.budget / 2 ** 20)),
  );
  const budgetBytes = mebibytes.trim() === "" ? undefined : Number(mebibytes) * 2 ** 20;
  const ask = (dryRun: boolean): Promise<CacheGcAnswer> =>
    request("/api/v1/admin/cache/gc", {
      method: "POST",
      body: { dryRun, ...(budgetBytes === undefined ? {} : { budgetBytes }) },
    });
  return (
    <ActionDialog
      title="Shrink the cache"
      verb="Shrink"
      ready={/^\d{0,9}$/.test(mebibytes.trim())}
      onClose={props.onClose}
      look={async () => {
        const answer = await ask(true);
        return {
          sentences: [
            budgetBytes === undefined
              ? "Only what killed processes left behind goes."
              : `At most ${bytes(budgetBytes)} stay; what was not used for longest goes first, nothing that is in use.`,
            `${filesOf(answer)} would go, ${bytes(answer.removedBytes)}; ${bytes(answer.keptBytes)} stay.`,
          ],
        };
      }}
      act={async () => {
        const answer = await ask(false);
        return [
          `${filesOf(answer)} went, ${bytes(answer.removedBytes)}; ${bytes(answer.keptBytes)} stayed.`,
        ];
      }}
    >
      <Field
        label="Keep at most, in MiB (optional)"
        hint="Empty: everything whole is kept, only leftovers go."
      >
        <input
          className="input"
          inputMode="numeric"
          value={mebibytes}
          onChange={(event) => setMebibytes(event.target.value)}
        />
      </Field>
    </ActionDialog>
  );
}

const filesOf = ({ removedFiles }: CacheGcAnswer): string =>
  removedFiles === 1 ? "1 file" : `${removedFiles.toLocaleString("en")} files`;

function ClearDialog(props: {
  readonly cache: SystemAnswer["cache"];
  readonly onClose: () => void;
}): ReactNode {
  return (
    <ActionDialog
      title="Clear the cache"
      verb="Clear"
      danger
      onClose={props.onClose}
      look={async () => ({
        sentences: [
          `Of ${props.cache.files} files (${bytes(props.cache.bytes)}) everything goes that no loaded model uses.`,
          "What is needed again is fetched again from the store and verified.",
        ],
      })}
      act={async () => {
        const answer = await request<CacheClearAnswer>("/api/v1/admin/cache/clear", {
          method: "POST",
        });
        return [
          answer.message,
          `${answer.removed_files} files went, ${bytes(answer.removed_bytes)}; ${answer.kept_files} in use stayed.`,
        ];
      }}
    />
  );
}
