import type { DatasetDetails, DatasetList, ModelList, TrainingRunList } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { useAccess } from "../../client/use-access.ts";
import { useLive } from "../../client/use-live.ts";
import { Card } from "../../parts/card.tsx";
import { LockedNotice } from "../../parts/locked-notice.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { SelectField } from "../../parts/select-field.tsx";
import { href } from "../../route.ts";
import { DatasetCard } from "./dataset-card.tsx";
import { RetrainDialog } from "./retrain-dialog.tsx";
import { RunsTable } from "./runs-table.tsx";
import { UploadCard } from "./upload-card.tsx";

const trainable = new Set(["audio-classification", "image-classification", "text-classification"]);

/** Samples, and what is learned from them. */
export function TrainingPage(props: { readonly model: string | undefined }): ReactNode {
  const { adminToken } = useAccess();
  const [starting, setStarting] = useState(false);
  const models = useLive<ModelList>("/api/v1/models", 5000);
  const datasets = useLive<DatasetList>(adminToken ? "/api/v1/admin/datasets" : null, 5000);
  const runs = useLive<TrainingRunList>(adminToken ? "/training/runs" : null, 2000);

  const names = new Set(datasets.data?.datasets.map(({ model }) => model));
  for (const { model, task } of models.data?.models ?? []) {
    if (task === undefined || trainable.has(task)) names.add(model);
  }
  const chosen = props.model ?? [...names][0];
  const dataset = useLive<DatasetDetails>(
    adminToken && chosen ? `/api/v1/admin/datasets/${encodeURIComponent(chosen)}` : null,
    3000,
  );

  return (
    <Page
      title="Training"
      lead="Samples by class, and retrainings on them. A new version goes to staging; you promote it."
      actions={
        <button
          type="button"
          className="button"
          data-kind="primary"
          disabled={!adminToken || !chosen}
          onClick={() => setStarting(true)}
        >
          Start a retraining…
        </button>
      }
    >
      <div className="training-model">
        <SelectField
          label="Model"
          value={chosen ?? ""}
          options={[
            ...(chosen ? [] : [["", "no model that learns from samples"] as const]),
            ...(chosen && !names.has(chosen) ? [chosen] : []),
            ...names,
          ]}
          onChange={(model) => {
            location.hash = href({ page: "training", model });
          }}
        />
      </div>
      {!adminToken && <LockedNotice what="Counts, retrainings and their history" />}
      <div className="columns">
        {chosen && <UploadCard key={chosen} model={chosen} dataset={dataset.data} />}
        {adminToken && <DatasetCard live={dataset} />}
      </div>
      {adminToken && (
        <Card title="Retrainings, newest first" flush>
          {runs.problem && runs.problem.status !== 0 && <ProblemNotice problem={runs.problem} />}
          {!runs.problem && <RunsTable runs={runs.data?.runs} />}
        </Card>
      )}
      {starting && chosen && (
        <RetrainDialog model={chosen} dataset={dataset.data} onClose={() => setStarting(false)} />
      )}
    </Page>
  );
}
