import type { ModelDetails } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { PinDialog } from "../../actions/pin-dialog.tsx";
import { PromoteDialog } from "../../actions/promote-dialog.tsx";
import { ReloadDialog } from "../../actions/reload-dialog.tsx";
import { RollbackDialog } from "../../actions/rollback-dialog.tsx";
import { SettingsDialog } from "../../actions/settings-dialog.tsx";
import { TrafficDialog } from "../../actions/traffic-dialog.tsx";
import { useAccess } from "../../client/use-access.ts";

type Action = "promote" | "rollback" | "reload" | "traffic" | "settings" | "pin";

/** What who has the admin token may do with a model. Without it the place is kept, and says how to get it. */
export function ModelActions(props: { readonly details: ModelDetails | undefined }): ReactNode {
  const { details } = props;
  const { adminToken } = useAccess();
  const [open, setOpen] = useState<Action>();
  const labels: Record<Action, string> = {
    promote: "Promote…",
    rollback: "Roll back…",
    reload: "Reload…",
    traffic: "Canary…",
    settings: "Thresholds and labels…",
    pin: details?.model.pinned ? "Unpin…" : "Pin…",
  };
  return (
    <div className="row action-bar" role="group" aria-label="Actions">
      {adminToken ? (
        (Object.keys(labels) as Action[]).map((action) => (
          <button
            key={action}
            type="button"
            className="button"
            data-kind={action === "promote" ? "primary" : undefined}
            disabled={!details}
            onClick={() => setOpen(action)}
          >
            {labels[action]}
          </button>
        ))
      ) : (
        <p className="soft">
          To promote, roll back, reload or configure, unlock with the admin token.
        </p>
      )}
      {open && details && (
        <OpenDialog action={open} details={details} onClose={() => setOpen(undefined)} />
      )}
    </div>
  );
}

function OpenDialog(props: {
  readonly action: Action;
  readonly details: ModelDetails;
  readonly onClose: () => void;
}): ReactNode {
  const { action, details, onClose } = props;
  const { model, config } = details;
  const versions = details.versions.filter(({ yanked }) => !yanked).map(({ version }) => version);
  switch (action) {
    case "promote":
      return <PromoteDialog model={model.model} versions={versions} onClose={onClose} />;
    case "rollback":
      return <RollbackDialog model={model.model} channels={model.channels} onClose={onClose} />;
    case "reload":
      return <ReloadDialog model={model} versions={versions} onClose={onClose} />;
    case "traffic":
      return <TrafficDialog model={model} versions={versions} onClose={onClose} />;
    case "settings":
      return (
        <SettingsDialog model={model.model} task={model.task} config={config} onClose={onClose} />
      );
    case "pin":
      return <PinDialog model={model} onClose={onClose} />;
  }
}
