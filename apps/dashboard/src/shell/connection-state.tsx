import { type ReactNode, useSyncExternalStore } from "react";
import { connectionStore } from "../client/connection.ts";

const words = {
  unknown: { label: "Connecting", tone: "neutral" },
  live: { label: "Connected", tone: "good" },
  lost: { label: "Reconnecting…", tone: "bad" },
} as const;

/** Whether the server answers, said aloud when it changes. */
export function ConnectionState(): ReactNode {
  const state = useSyncExternalStore(connectionStore.subscribe, connectionStore.get);
  const { label, tone } = words[state];
  return (
    <div className="connection" role="status" title={label}>
      <span className="dot" data-tone={tone} aria-hidden="true" />
      <span className="connection-label">{label}</span>
    </div>
  );
}
