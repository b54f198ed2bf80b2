import type { SyncStatus } from "@plimsoll/api";
import type { ReactNode } from "react";
import { useLive } from "../client/use-live.ts";
import { share } from "../format/share.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { href, type Route } from "../route.ts";
import { AccessButton } from "./access-button.tsx";
import { ConnectionState } from "./connection-state.tsx";
import { ThemeButton } from "./theme-button.tsx";
import { syncTotals } from "../pages/sync-totals.ts";

const places: readonly {
  readonly label: string;
  readonly icon: IconName;
  readonly to: Route;
  readonly covers: readonly Route["page"][];
}[] = [
  { label: "Models", icon: "models", to: { page: "models" }, covers: ["models", "model"] },
  { label: "Try it", icon: "try", to: { page: "try" }, covers: ["try"] },
  { label: "Training", icon: "training", to: { page: "training" }, covers: ["training", "run"] },
  { label: "Sync", icon: "sync", to: { page: "sync" }, covers: ["sync"] },
  { label: "System", icon: "system", to: { page: "system" }, covers: ["system"] },
];

/** Where one can go, and what always holds: is the server there, is the admin token in, which theme. */
export function SideBar({ route }: { readonly route: Route }): ReactNode {
  const { data } = useLive<SyncStatus>("/api/v1/sync", 3000);
  const note =
    data?.state === "syncing"
      ? share(Math.floor(syncTotals(data.files).share * 100) / 100)
      : data?.state === "failed"
        ? "failed"
        : "";
  return (
    <div className="side">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          // The address behind # is the route: jump by hand.
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        Skip to the content
      </a>
      <a className="brand" href={href({ page: "models" })}>
        <svg
          viewBox="0 0 32 32"
          fill="none"
          stroke="currentColor"
          strokeWidth="2.6"
          aria-hidden="true"
        >
          <circle cx="16" cy="16" r="9.5" />
          <path d="M2 16h28" />
        </svg>
        Plimsoll
      </a>
      <nav className="nav" aria-label="Pages">
        {places.map(({ label, icon, to, covers }) => (
          <a
            key={label}
            href={href(to)}
            aria-current={covers.includes(route.page) ? "page" : undefined}
          >
            <Icon name={icon} />
            {label}
            {to.page === "sync" && note && <span className="nav-note">{note}</span>}
          </a>
        ))}
      </nav>
      <div className="side-end">
        <ConnectionState />
        <AccessButton />
        <ThemeButton />
      </div>
    </div>
  );
}
