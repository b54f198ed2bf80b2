import type { SyncFile, SyncStatus } from "@plimsoll/api";
import type { ReactNode } from "react";
import { useLive } from "../client/use-live.ts";
import { bytes } from "../format/bytes.ts";
import { duration } from "../format/duration.ts";
import { share } from "../format/share.ts";
import { Badge } from "../parts/badge.tsx";
import { Card } from "../parts/card.tsx";
import { Empty } from "../parts/empty.tsx";
import { Loading } from "../parts/loading.tsx";
import { Meter } from "../parts/meter.tsx";
import { Notice } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import type { Tone } from "../parts/tone.ts";
import { syncTotals } from "./sync-totals.ts";

const states: Record<SyncFile["state"], { readonly label: string; readonly tone: Tone }> = {
  waiting: { label: "waiting", tone: "neutral" },
  fetching: { label: "fetching", tone: "accent" },
  verified: { label: "verified", tone: "good" },
  failed: { label: "failed", tone: "bad" },
};

const headlines: Record<SyncStatus["state"], string> = {
  idle: "Nothing to sync",
  syncing: "Syncing",
  done: "Everything is here and verified",
  failed: "The sync failed",
};

/** How the weights come at start-up: every file with its speed, the time left, and whether its digest matched. */
export function SyncPage(): ReactNode {
  const { data, problem } = useLive<SyncStatus>("/api/v1/sync", 500);
  return (
    <Page
      title="Sync"
      lead="Weights that this server fetches when it starts. A file counts only after its SHA-256 matched."
    >
      {problem && problem.status !== 0 && <ProblemNotice problem={problem} />}
      {data ? <Progress status={data} /> : <Loading rows={5} height={64} />}
    </Page>
  );
}

function Progress({ status }: { readonly status: SyncStatus }): ReactNode {
  const totals = syncTotals(status.files);
  if (status.files.length === 0 && !status.error) {
    return (
      <Card title={headlines.idle}>
        <Empty title="This server started without a manifest">
          <p>
            Models are fetched at their first request. Where <code>weights/manifest.json</code> lies
            in its folder, its files are brought and verified at the start, and shown here.
          </p>
        </Empty>
      </Card>
    );
  }
  return (
    <>
      <Card
        title={headlines[status.state]}
        aside={
          <span className="soft small num">
            {totals.verified} of {status.files.length} files verified
          </span>
        }
      >
        {status.error && (
          <Notice tone="bad" title={status.error.message}>
            <span className="mono">{status.error.code}</span>
          </Notice>
        )}
        <div className="row row-spread">
          <span className="sync-total">{share(Math.floor(totals.share * 1000) / 1000)}</span>
          <span className="soft num">
            {bytes(totals.received)} of {bytes(totals.size)}
          </span>
        </div>
        <Meter
          value={totals.share}
          label="All files"
          tone={status.state === "failed" ? "bad" : status.state === "done" ? "good" : "accent"}
        />
        <p className="sync-line">
          <span>{totals.bytesPerSecond > 0 ? `${bytes(totals.bytesPerSecond)}/s` : "\u00a0"}</span>
          <span>{totals.leftMs === undefined ? " " : `${duration(totals.leftMs)} left`}</span>
        </p>
      </Card>
      <Card title="Files" flush>
        <ul className="sync-list">
          {status.files.map((file) => (
            <FileProgress key={`${file.model ?? ""}/${file.name}`} file={file} />
          ))}
        </ul>
      </Card>
    </>
  );
}

function FileProgress({ file }: { readonly file: SyncFile }): ReactNode {
  const { label, tone } = states[file.state];
  const done = file.state === "verified" ? 1 : file.size > 0 ? file.received / file.size : 0;
  const left = ((file.size - file.received) / file.bytesPerSecond) * 1000;
  return (
    <li className="sync-item">
      <span className="wrap-anywhere">
        <strong>{file.name}</strong> {file.model && <span className="soft">{file.model}</span>}
      </span>
      <Badge tone={tone}>{label}</Badge>
      <Meter
        value={done}
        label={file.name}
        tone={tone === "good" || tone === "bad" ? tone : "accent"}
      />
      <p className="sync-line">
        <span>
          {file.state === "verified"
            ? bytes(file.size)
            : `${bytes(file.received)} of ${bytes(file.size)}`}
        </span>
        {file.state === "fetching" && (
          <span>
            {bytes(file.bytesPerSecond)}/s · {duration(left)} left
          </span>
        )}
      </p>
      {file.error && (
        <Notice tone="bad" title={file.error.message}>
          <span className="mono">{file.error.code}</span>
        </Notice>
      )}
    </li>
  );
}
