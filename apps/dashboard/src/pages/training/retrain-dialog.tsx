import type { DatasetDetails, RetrainAnswer, RetrainRequest } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { ActionDialog } from "../../actions/action-dialog.tsx";
import { request } from "../../client/request.ts";
import { Field } from "../../parts/field.tsx";
import { href } from "../../route.ts";

/** Starts a retraining, after saying on what. */
export function RetrainDialog(props: {
  readonly model: string;
  readonly dataset: DatasetDetails | undefined;
  readonly onClose: () => void;
}): ReactNode {
  const { model, dataset } = props;
  const [fewest, setFewest] = useState("");
  const [reason, setReason] = useState("");
  const body: RetrainRequest = {
    model,
    trigger_reason: reason.trim() || "started from the dashboard",
    ...(fewest.trim() ? { min_new_samples: Number(fewest) } : {}),
  };
  return (
    <ActionDialog
      title={`Retrain ${model}`}
      verb="Start"
      ready={fewest.trim() === "" || /^\d{1,7}$/.test(fewest.trim())}
      onClose={props.onClose}
      look={async () => ({
        sentences: [
          `It learns from ${dataset?.samples ?? 0} samples in ` +
            `${Object.keys(dataset?.classes ?? {}).length} classes, ${dataset?.newSamples ?? 0} of them new.`,
          "The result is compared with the version that answers, and goes to staging if it is no worse. " +
            "What answers now does not change until somebody promotes it.",
        ],
      })}
      act={async () => {
        const answer = await request<RetrainAnswer>("/retrain", { method: "POST", body });
        if (answer.success && answer.run) {
          location.hash = href({ page: "run", run: answer.run });
        }
        return [
          answer.message,
          ...(answer.status === "not_enough_samples"
            ? [`${answer.have ?? 0} samples are there, ${answer.need ?? 0} are needed.`]
            : []),
        ];
      }}
    >
      <Field
        label="New samples at least (optional)"
        hint="Fewer, and nothing is started. Empty: the server’s own minimum."
      >
        <input
          className="input"
          inputMode="numeric"
          value={fewest}
          onChange={(event) => setFewest(event.target.value)}
        />
      </Field>
      <Field label="Reason (optional)" hint="Kept with the run.">
        <input
          className="input"
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
    </ActionDialog>
  );
}
