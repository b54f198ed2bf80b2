import type { TrainingRun } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { ActionDialog } from "../../actions/action-dialog.tsx";
import { PromoteDialog } from "../../actions/promote-dialog.tsx";
import { request } from "../../client/request.ts";
import { useAccess } from "../../client/use-access.ts";
import { ago } from "../../format/ago.ts";
import { duration } from "../../format/duration.ts";
import { share } from "../../format/share.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { ConfusionMatrix } from "../../parts/confusion-matrix.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Loading } from "../../parts/loading.tsx";
import { LockedNotice } from "../../parts/locked-notice.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { href } from "../../route.ts";
import { MetricsCompared } from "./metrics-compared.tsx";
import { RunCurves } from "./run-curves.tsx";
import { isActive, runMs, runStates } from "./run-words.ts";
import { StageList } from "./stage-list.tsx";
import { useRun } from "./use-run.ts";

/** One retraining, live. */
export function RunPage({ id }: { readonly id: string }): ReactNode {
  const { adminToken } = useAccess();
  const crumb = (
    <a href={href({ page: "training" })} className="crumb-link">
      Training
    </a>
  );
  if (!adminToken) {
    return (
      <Page title={`Run ${id}`} crumb={crumb}>
        <LockedNotice what="Retrainings" />
      </Page>
    );
  }
  return <OpenRun id={id} crumb={crumb} />;
}

function OpenRun({ id, crumb }: { readonly id: string; readonly crumb: ReactNode }): ReactNode {
  const { run, problem } = useRun(id);
  const state = run ? runStates[run.state] : undefined;
  return (
    <Page
      title={`Run ${id}`}
      crumb={crumb}
      lead={
        run && state ? (
          <span className="row">
            <Badge tone={state.tone}>{state.label}</Badge>
            <span>
              {run.model}, {run.reason ?? "started by hand"}, {ago(run.createdAt)}
            </span>
          </span>
        ) : (
          " "
        )
      }
      actions={run && <RunActions run={run} />}
    >
      {problem && problem.status !== 0 && <ProblemNotice problem={problem} />}
      {!run && !problem && <Loading rows={8} />}
      {run && <RunDetails run={run} />}
    </Page>
  );
}

function RunActions({ run }: { readonly run: TrainingRun }): ReactNode {
  const [open, setOpen] = useState<"cancel" | "staging" | "production">();
  const close = (): void => setOpen(undefined);
  if (isActive(run)) {
    return (
      <>
        <button
          type="button"
          className="button"
          data-kind="danger"
          onClick={() => setOpen("cancel")}
        >
          Cancel the run…
        </button>
        {open === "cancel" && (
          <ActionDialog
            title={`Cancel run ${run.id}`}
            verb="Cancel the run"
            danger
            onClose={close}
            look={async () => ({
              sentences: [
                "The run ends now and publishes nothing. Its samples stay; the version that answers stays.",
              ],
            })}
            act={async () => {
              const path = `/training/runs/${encodeURIComponent(run.id)}/cancel`;
              const ended = await request<TrainingRun>(path, { method: "POST" });
              return [`The run is ${runStates[ended.state].label}.`];
            }}
          />
        )}
      </>
    );
  }
  if (!run.version) return null;
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen("staging")}>
        Publish to staging…
      </button>
      <button
        type="button"
        className="button"
        data-kind="primary"
        onClick={() => setOpen("production")}
      >
        Promote…
      </button>
      {(open === "staging" || open === "production") && (
        <PromoteDialog
          model={run.model}
          versions={[run.version]}
          version={run.version}
          channel={open}
          onClose={close}
        />
      )}
    </>
  );
}

function RunDetails({ run }: { readonly run: TrainingRun }): ReactNode {
  const samples = Object.values(run.samples ?? {}).reduce((sum, count) => sum + count, 0);
  return (
    <>
      {run.error && (
        <Notice tone="bad" title={run.error.message}>
          <span className="mono">{run.error.code}</span>
        </Notice>
      )}
      <Facts
        figures
        facts={[
          { name: "Progress", value: share(run.progress) },
          { name: "Took", value: duration(runMs(run)) },
          { name: "Samples", value: samples || "–" },
          { name: "Accuracy", value: share(run.metrics?.["accuracy"]) },
          { name: "New version", value: run.version ?? "–" },
          { name: "Compared with", value: run.baseline ?? "–" },
        ]}
      />
      <Card title="Stages">
        <StageList run={run} />
      </Card>
      <RunCurves curve={run.curve} live={isActive(run)} />
      {(run.metrics || run.confusion) && (
        <div className="columns">
          {run.metrics && <MetricsCompared run={run} />}
          {run.confusion && (
            <Card title="What was taken for what">
              <ConfusionMatrix {...run.confusion} />
            </Card>
          )}
        </div>
      )}
    </>
  );
}
