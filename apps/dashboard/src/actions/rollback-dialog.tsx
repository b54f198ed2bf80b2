import { type ReactNode, useState } from "react";
import { request } from "../client/request.ts";
import { SelectField } from "../parts/select-field.tsx";
import { adminPath } from "./admin-path.ts";
import { ChannelDialog } from "./channel-dialog.tsx";

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
  return (
    <ChannelDialog
      title={`Roll back ${props.model}`}
      verb={`Roll ${channel} back`}
      danger
      ready={channel !== ""}
      refusal="That cannot be done."
      ask={(extra) =>
        request(adminPath(props.model, "rollback"), { method: "POST", body: { channel, ...extra } })
      }
      says={({ from, to }) => `${channel} goes back from ${from ?? "nothing"} to ${to}.`}
      onClose={props.onClose}
    >
      <SelectField
        label="Channel"
        value={channel}
        options={names.map((name) => [name, `${name} (${props.channels[name] ?? ""})`])}
        onChange={setChannel}
      />
    </ChannelDialog>
  );
}
