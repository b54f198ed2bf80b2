import type { ChannelAnswer } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { request } from "../client/request.ts";
import { Field } from "../parts/field.tsx";
import { ActionDialog, type Preview } from "./action-dialog.tsx";
import { adminPath } from "./admin-path.ts";

interface RollbackPreview extends Preview {
  readonly from: string | null;
}

/** Points a channel back to what it named before. */
export function RollbackDialog(props: {
  readonly model: string;
  readonly channels: Readonly<Record<string, string>>;
  readonly onClose: () => void;
}): ReactNode {
  const names = Object.keys(props.channels);
  const [channel, setChannel] = useState(
    names.includes("production") ? "production" : (names[0] ?? ""),
  );
  const ask = (extra: object): Promise<ChannelAnswer> =>
    request(adminPath(props.model, "rollback"), { method: "POST", body: { channel, ...extra } });

  return (
    <ActionDialog<RollbackPreview>
      title={`Roll back ${props.model}`}
      verb={`Roll ${channel} back`}
      danger
      ready={channel !== ""}
      onClose={props.onClose}
      look={async () => {
        const answer = await ask({ dryRun: true });
        return {
          from: answer.from,
          sentences: [
            `${channel} goes back from ${answer.from ?? "nothing"} to ${answer.to}.`,
            answer.message,
          ],
          ...(answer.allowed ? {} : { blocked: answer.reason ?? "That cannot be done." }),
        };
      }}
      act={async (shown) => [(await ask({ expect: shown.from ?? "none" })).message]}
    >
      <Field label="Channel">
        <select
          className="input"
          value={channel}
          onChange={(event) => setChannel(event.target.value)}
        >
          {names.map((name) => (
            <option key={name} value={name}>
              {`${name} (${props.channels[name] ?? ""})`}
            </option>
          ))}
        </select>
      </Field>
    </ActionDialog>
  );
}
