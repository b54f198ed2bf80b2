import type { ModelList, ModelSummary } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { useLive } from "../client/use-live.ts";
import { bytes } from "../format/bytes.ts";
import { Empty } from "../parts/empty.tsx";
import { Facts } from "../parts/facts.tsx";
import { Loading } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { tasks } from "./model-words.ts";
import { ModelsTable } from "./models-table.tsx";

/** Every configured model at a glance. */
export function ModelsPage(): ReactNode {
  const { data, problem } = useLive<ModelList>("/api/v1/models", 2000);
  const [query, setQuery] = useState("");
  const shown = data?.models.filter((model) => matches(model, query));
  return (
    <Page
      title="Models"
      lead="What this server answers with: which version, where it is, and how it does."
      actions={
        <input
          className="input"
          type="search"
          aria-label="Filter the models"
          placeholder="Filter by name, task, version"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      }
    >
      {problem && problem.status !== 0 && <ProblemNotice problem={problem} />}
      <Summary models={data?.models} />
      <section className="card" aria-label="List of models">
        {!shown ? (
          <Loading rows={6} height={52} />
        ) : shown.length > 0 ? (
          <ModelsTable models={shown} />
        ) : data?.models.length === 0 ? (
          <Empty title="No models yet">
            <p>
              Publish one with <code>plimsoll publish weights --to &lt;store&gt; --model name</code>{" "}
              and name it under <code>serve.models</code> in <code>plimsoll.config.json</code>.
            </p>
          </Empty>
        ) : (
          <Empty title={`Nothing matches “${query}”`}>
            <button type="button" className="button" onClick={() => setQuery("")}>
              Show all
            </button>
          </Empty>
        )}
      </section>
    </Page>
  );
}

function Summary({ models }: { readonly models: readonly ModelSummary[] | undefined }): ReactNode {
  const sum = (of: (model: ModelSummary) => number): number | undefined =>
    models?.reduce((total, model) => total + of(model), 0);
  const requests = sum((model) => model.requests);
  const errors = sum((model) => model.requests * model.errorRate);
  const blank = "\u00a0";
  return (
    <Facts
      figures
      facts={[
        { name: "Models", value: models?.length ?? blank },
        {
          name: "Loaded",
          value: sum((model) => (model.location === "loaded" ? 1 : 0)) ?? blank,
        },
        { name: "Memory", value: models ? bytes(sum((model) => model.memoryBytes)) : blank },
        { name: "Predictions", value: requests?.toLocaleString("en") ?? blank },
        {
          name: "Failed",
          value: errors === undefined ? blank : Math.round(errors).toLocaleString("en"),
        },
      ]}
    />
  );
}

function matches(model: ModelSummary, query: string): boolean {
  const text = [
    model.model,
    model.task ? tasks[model.task] : "",
    model.location,
    ...Object.entries(model.channels).flat(),
    ...model.serving.map(({ version }) => version),
  ];
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.some((part) => part.toLowerCase().includes(word)));
}
