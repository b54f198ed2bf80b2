import { type DragEvent, type ReactNode, useRef, useState } from "react";

/** A place to drop files on, with a button for who has no mouse. Children stand beside the button. */
export function FileDrop(props: {
  readonly label: string;
  readonly hint?: string;
  readonly accept?: string;
  readonly multiple?: boolean;
  readonly disabled?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children?: ReactNode;
}): ReactNode {
  const { label, hint, accept, multiple = false, disabled = false, onFiles } = props;
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (list: FileList | null | undefined): void => {
    const files = [...(list ?? [])];
    if (files.length > 0 && !disabled) onFiles(multiple ? files : files.slice(0, 1));
  };
  const drag = (event: DragEvent, inside: boolean): void => {
    event.preventDefault();
    setOver(inside && !disabled);
  };
  return (
    <div
      className="drop"
      data-over={over}
      onDragOver={(event) => drag(event, true)}
      onDragLeave={(event) => drag(event, false)}
      onDrop={(event) => {
        drag(event, false);
        take(event.dataTransfer.files);
      }}
    >
      <strong>{label}</strong>
      {hint && <span className="small soft">{hint}</span>}
      <div className="row">
        <button
          type="button"
          className="button"
          disabled={disabled}
          onClick={() => input.current?.click()}
        >
          {multiple ? "Choose files" : "Choose a file"}
        </button>
        {props.children}
      </div>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        accept={accept}
        multiple={multiple}
        onChange={(event) => {
          take(event.target.files);
          // The same file may be chosen again.
          event.target.value = "";
        }}
      />
    </div>
  );
}
