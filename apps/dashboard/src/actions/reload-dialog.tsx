import type { ModelSummary, ReloadAnswer, ReloadRequest } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { request } from "../client/request.ts";
import { duration } from "../format/duration.ts";
import { Field } from "../parts/field.tsx";
import { servingLine } from "../pages/model-words.ts";
import { ActionDialog } from "./action-dialog.tsx";

/** Loads a version beside the one that answers, checks it, and moves the requests over. */
export function ReloadDialog(props: {
  readonly model: ModelSummary;
  readonly versions: readonly string[];
  readonly onClose: () => void;
}): ReactNode {
  const { model, versions } = props;
  const [version, setVersion] = useState("");
  const [force, setForce] = useState(false);
  const [all, setAll] = useState(false);
  const followed = model.channels["production"] ? "production" : "latest";
  const target = version || followed;
  const resolved = model.channels[target] ?? target;

  return (
    <ActionDialog
      title={`Reload ${model.model}`}
      verb="Reload"
      onClose={props.onClose}
      look={async () => ({
        sentences: [
          `Answering now: ${servingLine(model) === "–" ? "nothing is loaded" : servingLine(model)}.`,
          `${resolved} is ${force ? "downloaded again" : "taken from the cache or the store"}, checked against its ` +
            "digest, warmed, and only then asked. Until then the old version answers; if a check fails it stays.",
          all
            ? "The answer comes when every live replica serves it."
            : "Replicas follow by themselves.",
        ],
      })}
      act={async () => {
        const body: ReloadRequest = {
          model_type: model.model,
          version: version || followed,
          force_download: force,
          wait: all ? "all" : "local",
        };
        const answer = await request<ReloadAnswer>("/api/v1/admin/reload-models", {
          method: "POST",
          body,
        });
        return [
          ...(answer.models.length === 1 ? [] : [answer.message]),
          ...answer.models.map((one) =>
            one.error
              ? `${one.model}: ${one.error.code} ${one.error.message}`
              : `${one.model}: ${one.outcome}, ${one.version ?? "none"}` +
                (one.duration_ms === undefined ? "" : ` in ${duration(one.duration_ms)}`),
          ),
          ...(answer.replicas
            ? [`${answer.replicas.converged} of ${answer.replicas.live} replicas serve it.`]
            : []),
        ];
      }}
    >
      <Field label="Version">
        <select
          className="input"
          value={version}
          onChange={(event) => setVersion(event.target.value)}
        >
          <option value="">{`what ${followed} names (${model.channels[followed] ?? "–"})`}</option>
          {versions.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Field>
      <label className="check">
        <input
          type="checkbox"
          checked={force}
          onChange={(event) => setForce(event.target.checked)}
        />
        Download again, whatever the cache has
      </label>
      <label className="check">
        <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
        Wait until every replica serves it
      </label>
    </ActionDialog>
  );
}
