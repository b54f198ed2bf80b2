import { type FormEvent, type ReactNode, useState } from "react";
import { accessStore } from "../client/access.ts";
import { request } from "../client/request.ts";
import { RequestProblem } from "../client/request-problem.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { Notice } from "../parts/notice.tsx";

/** Asks for the admin token and the API key, and tries the token before it takes it. */
export function AccessDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [token, setToken] = useState("");
  const [apiKey, setApiKey] = useState(accessStore.get().apiKey ?? "");
  const [refused, setRefused] = useState<string>();
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setRefused(undefined);
    const keyOnly = apiKey ? { apiKey } : {};
    try {
      if (token) {
        const headers = { authorization: `Bearer ${token}` };
        await request("/api/v1/admin/system", { headers });
      }
      accessStore.set({ ...keyOnly, ...(token ? { adminToken: token } : {}) });
      onClose();
    } catch (error) {
      setRefused(reason(error));
      setBusy(false);
    }
  };

  return (
    <Dialog title="Unlock" onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <p className="soft">
          Both stay in this page’s memory and are forgotten when it is closed or loaded again.
        </p>
        <Field
          label="Admin token"
          hint="The server’s ADMIN_TOKEN: to reload, promote, configure and retrain."
        >
          <input
            className="input"
            type="password"
            autoComplete="off"
            autoFocus
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        </Field>
        <Field label="API key" hint="Only where the server has an API_KEY: to try and to upload.">
          <input
            className="input"
            type="password"
            autoComplete="off"
            value={apiKey}
            onChange={(event) => setApiKey(event.target.value)}
          />
        </Field>
        {refused && <Notice tone="bad" title={refused} />}
        <div className="dialog-end">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button"
            data-kind="primary"
            disabled={busy || (token === "" && apiKey === "")}
          >
            Unlock
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function reason(error: unknown): string {
  if (!(error instanceof RequestProblem)) return "The answer could not be read";
  switch (error.status) {
    case 401:
    case 403:
      return "Wrong token: the server does not know it";
    case 404:
      return "Nothing can be unlocked here: start the server with ADMIN_TOKEN set, or open its ADMIN_PORT";
    case 429:
      return "Too many tries: wait a minute";
    default:
      return error.message;
  }
}
