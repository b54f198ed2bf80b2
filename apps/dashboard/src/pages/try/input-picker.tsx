import { type ReactNode, useState } from "react";
import { Field } from "../../parts/field.tsx";
import { FileDrop } from "../../parts/file-drop.tsx";
import type { TryInput } from "./ask.ts";
import { CameraButton } from "./camera-button.tsx";
import { RecordButton } from "./record-button.tsx";

/** The way in that fits the task: a picture, a sound, or a text. */
export function InputPicker(props: {
  readonly task: string | undefined;
  readonly onInput: (input: TryInput) => void;
}): ReactNode {
  const { task, onInput } = props;
  const [text, setText] = useState("");
  const give = (file: File | undefined): void => {
    if (file) onInput({ kind: "file", file });
  };
  if (task === "text-classification") {
    return (
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          onInput({ kind: "text", text });
        }}
      >
        <Field label="Text">
          <textarea
            className="input"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
        <div className="row">
          <button
            type="submit"
            className="button"
            data-kind="primary"
            disabled={text.trim() === ""}
          >
            Ask
          </button>
        </div>
      </form>
    );
  }
  const sound = task === "audio-classification";
  if (task === undefined) {
    // What it is for is known once it is loaded: until then both ways in are open.
    return (
      <FileDrop
        label="Drop a picture or a sound here"
        hint="JPEG, PNG, WebP; WAV, FLAC, MP3, OGG"
        accept="image/*,audio/*"
        onFiles={([file]) => give(file)}
      >
        <CameraButton onFile={give} />
        <RecordButton onFile={give} />
      </FileDrop>
    );
  }
  return (
    <FileDrop
      label={sound ? "Drop a sound here" : "Drop a picture here"}
      hint={sound ? "WAV, FLAC, MP3 or OGG" : "JPEG, PNG or WebP"}
      accept={sound ? "audio/*" : "image/*"}
      onFiles={([file]) => give(file)}
    >
      {sound ? <RecordButton onFile={give} /> : <CameraButton onFile={give} />}
    </FileDrop>
  );
}
