import type { ChannelAnswer, PromoteRequest } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { request } from "../client/request.ts";
import { RequestProblem } from "../client/request-problem.ts";
import { Field } from "../parts/field.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { adminPath } from "./admin-path.ts";
import { ChannelDialog } from "./channel-dialog.tsx";

/** Points a channel at a version, behind gates such as `accuracy>=0.9`. */
export function PromoteDialog(props: {
  readonly model: string;
  readonly versions: readonly string[];
  readonly version?: string | undefined;
  readonly channel?: string;
  readonly onClose: () => void;
}): ReactNode {
  const { model, versions } = props;
  const [version, setVersion] = useState(props.version ?? versions[0] ?? "");
  const [channel, setChannel] = useState(props.channel ?? "production");
  const [gates, setGates] = useState("");

  const body = (): PromoteRequest => {
    const require = gates
      .split(/[\n,]+/)
      .map((gate) => gate.trim())
      .filter(Boolean);
    return { version, channel, ...(require.length > 0 ? { require } : {}) };
  };
  const ask = (extra: Partial<PromoteRequest>): Promise<ChannelAnswer> =>
    request(adminPath(model, "promote"), { method: "POST", body: { ...body(), ...extra } });

  return (
    <ChannelDialog
      title={`Promote ${model}`}
      verb={`Promote to ${channel}`}
      ready={version !== "" && channel !== ""}
      refusal="A gate refuses."
      ask={ask}
      says={({ from, to }) =>
        from !== to
          ? `${channel} moves from ${from ?? "nothing"} to ${to}.`
          : `${channel} names ${to} already.`
      }
      explain={(error, from) =>
        named(error, async () => (await ask({ dryRun: true })).from === from)
      }
      onClose={props.onClose}
    >
      <SelectField label="Version" value={version} options={versions} onChange={setVersion} />
      <Field label="Channel" hint="production is what this server follows; else latest.">
        <input
          className="input"
          list="channels"
          value={channel}
          onChange={(event) => setChannel(event.target.value.trim())}
        />
      </Field>
      <datalist id="channels">
        <option value="production" />
        <option value="staging" />
        <option value="latest" />
      </datalist>
      <Field
        label="Gates (optional)"
        hint="One per line, for example accuracy>=0.9. All must pass."
      >
        <textarea
          className="input mono"
          rows={2}
          value={gates}
          onChange={(event) => setGates(event.target.value)}
        />
      </Field>
    </ChannelDialog>
  );
}

/** A 409 is a lost race or a gate that refuses: which one, the channel tells, by naming what it named. */
async function named(error: unknown, isUnmoved: () => Promise<boolean>): Promise<unknown> {
  if (!(error instanceof RequestProblem) || error.status !== 409) return error;
  const code = (await isUnmoved()) ? "E_GATE" : "E_CONFLICT";
  return new RequestProblem(409, code, error.message, error.detail);
}
