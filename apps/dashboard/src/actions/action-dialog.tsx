import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { pulse } from "../client/pulse.ts";
import { RequestProblem } from "../client/request-problem.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Notice } from "../parts/notice.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";

/** What an action will do, said before it is done. */
export interface Preview {
  readonly sentences: readonly string[];
  /** Why it cannot be done. */
  readonly blocked?: string;
}

type Step<P> =
  | { readonly at: "form" }
  | { readonly at: "preview"; readonly preview: P }
  | { readonly at: "done"; readonly sentences: readonly string[] };

/**
 * Every action's way: choose, see what will happen, do it, see what happened. `look` asks without changing anything;
 * `act` gets what was shown, so that a change by somebody else in between is a conflict and not a lost update.
 */
export function ActionDialog<P extends Preview>(props: {
  readonly title: string;
  /** What there is to choose. Left out: the preview comes at once. */
  readonly children?: ReactNode;
  readonly ready?: boolean;
  readonly verb: string;
  readonly danger?: boolean;
  readonly look: () => Promise<P>;
  readonly act: (preview: P) => Promise<readonly string[]>;
  readonly onClose: () => void;
}): ReactNode {
  const { title, children, ready = true, verb, look, act, onClose } = props;
  const [step, setStep] = useState<Step<P>>({ at: "form" });
  const [problem, setProblem] = useState<RequestProblem>();
  const [busy, setBusy] = useState(false);

  const attempt = async (work: () => Promise<Step<P>>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      setStep(await work());
    } catch (error) {
      pulse.beat();
      setProblem(
        error instanceof RequestProblem ? error : new RequestProblem(0, "E_ANSWER", String(error)),
      );
    }
    setBusy(false);
  };
  const preview = (): Promise<void> =>
    attempt(async () => ({ at: "preview", preview: await look() }));
  const commit = (shown: P): Promise<void> =>
    attempt(async () => {
      const sentences = await act(shown);
      pulse.beat();
      return { at: "done", sentences };
    });
  const conflict = problem?.status === 412 || problem?.code === "E_CONFLICT";

  useEffect(() => {
    if (!children) void preview();
  }, []);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (step.at === "done") onClose();
    else if (step.at === "preview" && !conflict) void commit(step.preview);
    else void preview();
  };

  return (
    <Dialog title={title} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        {step.at === "form" && children}
        {step.at === "preview" && <PreviewText preview={step.preview} />}
        {step.at === "done" && (
          <Notice tone="good" title="Done">
            {step.sentences.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </Notice>
        )}
        {problem && !conflict && <ProblemNotice problem={problem} />}
        {problem && conflict && (
          <Notice tone="warn" title="Somebody else changed this in the meantime">
            <p>{problem.message}</p>
            {problem.detail && <p>{problem.detail}</p>}
            <p>Nothing was changed by you. Look again before you decide.</p>
          </Notice>
        )}
        <div className="dialog-end">
          {step.at === "preview" && children && (
            <button type="button" className="button" onClick={() => setStep({ at: "form" })}>
              Back
            </button>
          )}
          {step.at !== "done" && (
            <button type="button" className="button" onClick={onClose}>
              Cancel
            </button>
          )}
          <button
            type="submit"
            className="button"
            data-kind={step.at === "preview" && props.danger && !conflict ? "danger" : "primary"}
            disabled={busy || !ready || (step.at === "preview" && !!step.preview.blocked)}
          >
            {conflict
              ? "Look again"
              : step.at === "form"
                ? "Show what will happen"
                : step.at === "preview"
                  ? verb
                  : "Close"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function PreviewText({ preview }: { readonly preview: Preview }): ReactNode {
  return (
    <>
      {preview.sentences.length > 0 && (
        <Notice title={preview.blocked ? "This would happen" : "This will happen"}>
          {preview.sentences.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </Notice>
      )}
      {preview.blocked && <Notice tone="bad" title={preview.blocked} />}
    </>
  );
}
