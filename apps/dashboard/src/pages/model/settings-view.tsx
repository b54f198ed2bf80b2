import type { ModelSettings } from "@plimsoll/api";
import type { ReactNode } from "react";
import { Card } from "../../parts/card.tsx";

/** The settings that are applied now, as they stand in the store. */
export function SettingsView({ settings }: { readonly settings: ModelSettings }): ReactNode {
  const empty = Object.keys(settings).length === 0;
  return (
    <Card title="Settings">
      {empty ? (
        <p className="soft">
          None are set: the model’s metadata and the defaults hold. “Thresholds and labels” above
          changes them without loading weights again.
        </p>
      ) : (
        <pre className="mono json" tabIndex={0}>
          {JSON.stringify(settings, null, 2)}
        </pre>
      )}
    </Card>
  );
}
