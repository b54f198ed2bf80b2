import type { ConfigAnswer, ModelSummary, TrafficRequest } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { request } from "../client/request.ts";
import { Field } from "../parts/field.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { ActionDialog } from "./action-dialog.tsx";
import { adminPath } from "./admin-path.ts";

/** Gives a share of the requests to a second version, or asks one in the shadow. */
export function TrafficDialog(props: {
  readonly model: ModelSummary;
  readonly versions: readonly string[];
  readonly onClose: () => void;
}): ReactNode {
  const { model, versions } = props;
  const stable = model.channels["production"] ?? model.channels["latest"] ?? "";
  const others = versions.filter((name) => name !== stable);
  const running = model.serving.find(({ version }) => version !== stable);
  const [canary, setCanary] = useState(running?.version ?? others[0] ?? "");
  const [percent, setPercent] = useState(running ? Math.round(running.share * 100) : 10);
  const [shadow, setShadow] = useState(model.shadow?.version ?? "");

  const ask = (dryRun: boolean): Promise<ConfigAnswer> => {
    const weights =
      percent === 0 || canary === "" ? {} : { [stable]: 100 - percent, [canary]: percent };
    const body: TrafficRequest = { weights, shadow: shadow || null, dryRun };
    return request(adminPath(model.model, "traffic"), { method: "POST", body });
  };

  return (
    <ActionDialog
      title={`Traffic of ${model.model}`}
      verb="Apply"
      ready={stable !== ""}
      onClose={props.onClose}
      look={async () => ({
        sentences: [
          percent === 0 || canary === ""
            ? `${stable} answers every request.`
            : `${stable} answers ${100 - percent} % of the requests, ${canary} answers ${percent} %.`,
          shadow
            ? `${shadow} is asked too; its answers are compared and thrown away.`
            : "No version is asked in the shadow.",
          (await ask(true)).message,
        ],
      })}
      act={async () => [(await ask(false)).message]}
    >
      <SelectField
        label="Canary version"
        hint={`Beside ${stable || "the channel’s version"}.`}
        value={canary}
        options={others.length === 0 ? [["", "no other version"]] : others}
        onChange={setCanary}
      />
      <Field label={`Share of the canary: ${percent} %`} hint="0 % ends the canary.">
        <input
          type="range"
          min={0}
          max={100}
          step={1}
          value={percent}
          onChange={(event) => setPercent(event.target.valueAsNumber)}
        />
      </Field>
      <SelectField
        label="Shadow"
        value={shadow}
        options={[["", "none"], ...others]}
        onChange={setShadow}
      />
    </ActionDialog>
  );
}
