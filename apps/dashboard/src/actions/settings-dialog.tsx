import type { ConfigAnswer, ModelDetails, ModelSettings } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { request } from "../client/request.ts";
import { Field } from "../parts/field.tsx";
import { ActionDialog, type Preview } from "./action-dialog.tsx";
import { adminPath } from "./admin-path.ts";
import { readSettings, settingsChanges, settingsText, type SettingsText } from "./settings-text.ts";

interface SettingsPreview extends Preview {
  readonly next: ModelSettings;
  readonly etag: string | null;
}

/** Edits thresholds, labels and categories; applied without loading weights again. */
export function SettingsDialog(props: {
  readonly model: string;
  readonly task: string | undefined;
  readonly config: ModelDetails["config"];
  readonly onClose: () => void;
}): ReactNode {
  // What was there when the dialog opened: a change by somebody else after that is a conflict.
  const [opened, setOpened] = useState(props.config);
  const [text, setText] = useState(() => settingsText(opened.value));
  const [conflicted, setConflicted] = useState(false);
  const set = (change: Partial<SettingsText>): void => setText({ ...text, ...change });

  return (
    <ActionDialog<SettingsPreview>
      title={`Thresholds and labels of ${props.model}`}
      verb="Apply"
      onClose={props.onClose}
      look={async () => {
        // After a conflict the newest settings are the ground; over them goes what was changed here, and no more.
        const ground = conflicted
          ? (await request<ModelDetails>(`/api/v1/models/${encodeURIComponent(props.model)}`))
              .config
          : opened;
        const mine = conflicted ? rebase(settingsText(opened.value), text, ground.value) : text;
        setOpened(ground);
        setText(mine);
        setConflicted(false);
        const next = readSettings(ground.value, mine);
        if (typeof next === "string") {
          return { sentences: [], blocked: next, next: ground.value, etag: ground.etag };
        }
        const changes = settingsChanges(ground.value, next);
        return {
          next,
          etag: ground.etag,
          sentences: changes.length > 0 ? [...changes, "From the next request on."] : [],
          ...(changes.length > 0 ? {} : { blocked: "Nothing differs from what is set." }),
        };
      }}
      act={async ({ next, etag }) => {
        try {
          const answer = await request<ConfigAnswer>(adminPath(props.model, "config"), {
            method: "PUT",
            // An empty tag: there were no settings, and there must be none still.
            headers: { "if-match": etag ?? `""` },
            body: next,
          });
          return [answer.message];
        } catch (error) {
          setConflicted(true);
          throw error;
        }
      }}
    >
      {props.task !== "text-classification" && (
        <Field label="Confidence, 0 to 1" hint="What is less sure is left out of the answers.">
          <input
            className="input"
            inputMode="decimal"
            value={text.confidence}
            onChange={(event) => set({ confidence: event.target.value })}
          />
        </Field>
      )}
      {props.task === "object-detection" && (
        <Field label="Overlap, 0 to 1" hint="Of two boxes of a class that overlap more, one stays.">
          <input
            className="input"
            inputMode="decimal"
            value={text.iou}
            onChange={(event) => set({ iou: event.target.value })}
          />
        </Field>
      )}
      <Field label="Confidence of single classes" hint="One a line: drone = 0.4">
        <textarea
          className="input mono"
          value={text.thresholds}
          onChange={(event) => set({ thresholds: event.target.value })}
        />
      </Field>
      <Field label="Labels" hint="One a line, in the order of the outputs; empty: the metadata’s.">
        <textarea
          className="input mono"
          value={text.labels}
          onChange={(event) => set({ labels: event.target.value })}
        />
      </Field>
      {props.task === "text-classification" && (
        <Field label="Categories" hint="One a line: category: word, other words">
          <textarea
            className="input mono"
            value={text.categories}
            onChange={(event) => set({ categories: event.target.value })}
          />
        </Field>
      )}
    </ActionDialog>
  );
}

/** What was typed since `before`, on top of what is set now. */
function rebase(before: SettingsText, typed: SettingsText, now: ModelSettings): SettingsText {
  const fields = Object.entries(typed).filter(
    ([name, value]) => before[name as keyof SettingsText] !== value,
  );
  return { ...settingsText(now), ...Object.fromEntries(fields) };
}
