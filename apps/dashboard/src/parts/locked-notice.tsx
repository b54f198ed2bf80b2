import { type ReactNode, useState } from "react";
import { AccessDialog } from "../shell/access-dialog.tsx";

/** What is not shown without the admin token, and the way in. */
export function LockedNotice({ what }: { readonly what: string }): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <div className="notice locked">
      <span>
        <strong>{what}</strong> need the admin token.
      </span>
      <button type="button" className="button" data-size="small" onClick={() => setOpen(true)}>
        Unlock…
      </button>
      {open && <AccessDialog onClose={() => setOpen(false)} />}
    </div>
  );
}
