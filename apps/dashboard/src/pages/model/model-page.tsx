import type { ModelDetails } from "@plimsoll/api";
import type { ReactNode } from "react";
import { useLive } from "../../client/use-live.ts";
import { bytes } from "../../format/bytes.ts";
import { duration } from "../../format/duration.ts";
import { share } from "../../format/share.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { Digest } from "../../parts/digest.tsx";
import { type Fact, Facts } from "../../parts/facts.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { href } from "../../route.ts";
import { locations, servingLine, tasks, trusts } from "../model-words.ts";
import { MetadataTable } from "./metadata-table.tsx";
import { ModelCard } from "./model-card.tsx";
import { MetricsChart } from "./metrics-chart.tsx";
import { ModelActions } from "./model-actions.tsx";
import { SettingsView } from "./settings-view.tsx";
import { VersionsTable } from "./versions-table.tsx";

/** Everything about one model: what answers, every version, what changed between them. */
export function ModelPage({ name }: { readonly name: string }): ReactNode {
  const { data, problem } = useLive<ModelDetails>(
    `/api/v1/models/${encodeURIComponent(name)}`,
    3000,
  );
  return (
    <Page
      title={name}
      crumb={<a href={href({ page: "models" })}>Models</a>}
      lead={data ? lead(data) : "\u00a0"}
      actions={
        <a className="button" href={href({ page: "try", model: name })}>
          Try it
        </a>
      }
    >
      {problem && problem.status !== 0 && <ProblemNotice problem={problem} />}
      {data?.model.failure && (
        <Notice
          tone="bad"
          title={`${data.model.failure.version} could not be loaded: ${data.model.failure.message}`}
        >
          <span className="mono">{data.model.failure.code}</span>
        </Notice>
      )}
      <Facts figures facts={figures(data)} />
      <ModelActions details={data} />
      {data ? <Sections details={data} /> : !problem && <Loading rows={8} />}
    </Page>
  );
}

function lead({ model }: ModelDetails): ReactNode {
  const where = locations[model.location];
  const trust = trusts[model.trust];
  return (
    <span className="row">
      {model.task && <Badge>{tasks[model.task]}</Badge>}
      <Badge tone={where.tone} title={where.meaning}>
        {where.label}
      </Badge>
      <Badge tone={model.trust > 0 ? "good" : "neutral"} title={trust.meaning}>
        {trust.label}
      </Badge>
      {model.pinned && <Badge tone="accent">pinned</Badge>}
      {model.stale && <Badge tone="warn">may be old: store out of reach</Badge>}
    </span>
  );
}

function figures(data: ModelDetails | undefined): Fact[] {
  const model = data?.model;
  const asked = model !== undefined && model.requests > 0;
  const blank = "\u00a0";
  return [
    {
      name: "Answers with",
      value: model ? (model.serving[0]?.version ?? "–") : blank,
      note: model ? shares(model) : blank,
    },
    { name: "Predictions", value: model?.requests.toLocaleString("en") ?? blank },
    {
      name: "Latency, median",
      value: model ? (asked ? duration(model.latency.p50) : "–") : blank,
      note: asked ? `95 % within ${duration(model.latency.p95)}` : blank,
    },
    { name: "Errors", value: model ? (asked ? share(model.errorRate) : "–") : blank },
    { name: "Memory", value: model ? bytes(model.memoryBytes || undefined) : blank },
    {
      name: "Generation",
      value: model?.generation ?? blank,
      note: "orders followed",
    },
  ];
}

function Sections({ details }: { readonly details: ModelDetails }): ReactNode {
  const { model } = details;
  return (
    <>
      <div className="main-and-side">
        <Card title="Metrics over versions">
          <MetricsChart metrics={details.metrics} />
        </Card>
        <Card title="What answers">
          <Facts
            facts={[
              { name: "Digest", value: <Digest value={model.digest} /> },
              { name: "Queue", value: `${model.queued} waiting` },
              ...(model.serving.length > 1
                ? [{ name: "Traffic", value: servingLine(model), wide: true }]
                : []),
              ...Object.entries(model.channels).map(([channel, version]) => ({
                name: channel,
                value: <span className="mono">{version}</span>,
              })),
              ...(model.shadow
                ? [
                    {
                      name: "Shadow",
                      value: model.shadow.version,
                      note: `${model.shadow.disagreed} of ${model.shadow.compared} answers differ`,
                    },
                  ]
                : []),
            ]}
          />
        </Card>
      </div>
      <Tabs
        label="About this model"
        tabs={[
          {
            id: "versions",
            label: `Versions (${details.versions.length})`,
            content: () => <VersionsTable details={details} />,
          },
          { id: "card", label: "Model card", content: () => <ModelCard text={details.card} /> },
          {
            id: "metadata",
            label: "Metadata",
            content: () => <MetadataTable metadata={details.metadata} />,
          },
          {
            id: "settings",
            label: "Settings",
            content: () => <SettingsView settings={details.config.value} />,
          },
        ]}
      />
    </>
  );
}

function shares(model: ModelDetails["model"]): string {
  const [first] = model.serving;
  if (first && model.serving.length > 1) {
    return `${Math.round(first.share * 100)} % of the requests`;
  }
  return model.serving.length === 1 ? "every request" : "loaded at the first request";
}
