import type { ModelAction, ModelSummary } from "@plimsoll/api";
import type { ReactNode } from "react";
import { request } from "../client/request.ts";
import { ActionDialog } from "./action-dialog.tsx";
import { adminPath } from "./admin-path.ts";

/** Keeps a model in memory, or lets it be put out when memory is short. */
export function PinDialog(props: {
  readonly model: ModelSummary;
  readonly onClose: () => void;
}): ReactNode {
  const { model, pinned } = props.model;
  return (
    <ActionDialog
      title={pinned ? `Unpin ${model}` : `Pin ${model}`}
      verb={pinned ? "Unpin" : "Pin"}
      onClose={props.onClose}
      look={async () => ({
        sentences: [
          pinned
            ? "It may be put out of memory when others need the room; the next request loads it again."
            : "It stays in memory, whatever else wants the room. Pinned models share the memory budget.",
        ],
      })}
      act={async () => [
        (
          await request<ModelAction>(adminPath(model, "pin"), {
            method: "POST",
            body: { pinned: !pinned },
          })
        ).message,
      ]}
    />
  );
}
