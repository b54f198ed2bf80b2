import { type ReactNode, useState } from "react";
import { accessStore } from "../client/access.ts";
import { useAccess } from "../client/use-access.ts";
import { Icon } from "../parts/icon.tsx";
import { AccessDialog } from "./access-dialog.tsx";

/** Opens the dialog for the admin token; with a token in, forgets it. */
export function AccessButton(): ReactNode {
  const { adminToken } = useAccess();
  const [open, setOpen] = useState(false);
  return (
    <>
      {adminToken ? (
        <button
          type="button"
          className="button"
          data-kind="quiet"
          aria-label="Lock: forget the admin token"
          onClick={() => accessStore.set({})}
        >
          <Icon name="unlock" />
          <span className="button-label">Lock</span>
        </button>
      ) : (
        <button
          type="button"
          className="button"
          data-kind="quiet"
          aria-label="Unlock with the admin token"
          onClick={() => setOpen(true)}
        >
          <Icon name="lock" />
          <span className="button-label">Unlock</span>
        </button>
      )}
      {open && <AccessDialog onClose={() => setOpen(false)} />}
    </>
  );
}
