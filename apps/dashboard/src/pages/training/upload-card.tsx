import type { DatasetSummary } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { bytes } from "../../format/bytes.ts";
import { share } from "../../format/share.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { FileDrop } from "../../parts/file-drop.tsx";
import { Meter } from "../../parts/meter.tsx";
import type { Tone } from "../../parts/tone.ts";
import { type Upload, useUploads } from "./use-uploads.ts";

const states: Record<Upload["state"], { readonly label: string; readonly tone: Tone }> = {
  waiting: { label: "waiting", tone: "neutral" },
  sending: { label: "sending", tone: "accent" },
  stored: { label: "stored", tone: "good" },
  duplicate: { label: "duplicate", tone: "warn" },
  quarantined: { label: "set aside", tone: "warn" },
  failed: { label: "not taken", tone: "bad" },
};

/** Samples of one class, many at once. */
export function UploadCard(props: {
  readonly model: string;
  readonly dataset: DatasetSummary | undefined;
}): ReactNode {
  const { model, dataset } = props;
  const [className, setClassName] = useState("");
  const { uploads, add, retry, clear } = useUploads();
  const count = (state: Upload["state"]): number =>
    uploads.filter((upload) => upload.state === state).length;
  const under = count("waiting") + count("sending");
  const classes = Object.keys(dataset?.classes ?? {});
  const isNew = className !== "" && !classes.includes(className);

  return (
    <Card title="Upload samples">
      <Field
        label="Class"
        hint={isNew ? "A new class for this model." : "What the files show, sound like or say."}
      >
        <input
          className="input"
          list="sample-classes"
          maxLength={100}
          value={className}
          onChange={(event) => setClassName(event.target.value)}
        />
      </Field>
      <datalist id="sample-classes">
        {classes.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <FileDrop
        label={className.trim() ? `Drop samples of “${className.trim()}”` : "Name the class first"}
        hint="Pictures, sounds or texts, as many as you like"
        accept="image/*,audio/*,text/plain"
        multiple
        disabled={className.trim() === ""}
        onFiles={(files) => add(model, className.trim(), files)}
      />
      <p className="small num" role="status">
        {uploads.length === 0
          ? "Nothing uploaded on this page yet."
          : [
              under > 0 ? `${under} on the way` : "All done",
              `${count("stored")} stored`,
              `${count("duplicate")} ${count("duplicate") === 1 ? "duplicate" : "duplicates"}`,
              `${count("quarantined")} set aside`,
              `${count("failed")} not taken`,
            ].join(" · ")}
      </p>
      {uploads.length > 0 && (
        <>
          <ul className="upload-list" tabIndex={0} aria-label="Uploads">
            {uploads.map((upload) => (
              <UploadLine key={upload.id} upload={upload} />
            ))}
          </ul>
          <div className="row">
            {count("failed") > 0 && (
              <button type="button" className="button" data-size="small" onClick={retry}>
                Try the failed ones again
              </button>
            )}
            <button type="button" className="button" data-size="small" onClick={clear}>
              Clear the finished ones
            </button>
          </div>
        </>
      )}
    </Card>
  );
}

function UploadLine({ upload }: { readonly upload: Upload }): ReactNode {
  const { label, tone } = states[upload.state];
  return (
    <li>
      <span className="upload-name" title={upload.name}>
        {upload.name}{" "}
        <span className="soft small num">
          {upload.className}, {bytes(upload.size)}
        </span>
      </span>
      <Badge tone={tone}>{upload.state === "sending" ? share(upload.share) : label}</Badge>
      {upload.state === "sending" && <Meter value={upload.share} label={upload.name} />}
      {upload.state === "duplicate" && (
        <span className="small soft">{upload.name}: these bytes were in this class already</span>
      )}
      {upload.message && <span className="small soft wrap-anywhere">{upload.message}</span>}
    </li>
  );
}
