import type { DetectionAnswer } from "@plimsoll/api";
import { type ReactNode, useId, useRef, useState } from "react";
import { share } from "../../format/share.ts";
import { useWidth } from "../../parts/use-width.ts";
import { BoxOverlay } from "./box-overlay.tsx";

/** A picture with the boxes over it, and a slider that hides the less sure ones at once: nothing is asked again. */
export function BoxesView(props: {
  readonly url: string | undefined;
  readonly name: string;
  readonly answer: DetectionAnswer | undefined;
}): ReactNode {
  const { url, name, answer } = props;
  const [confidence, setConfidence] = useState(0.25);
  const [hot, setHot] = useState<number>();
  const id = useId();
  const frame = useRef<HTMLSpanElement>(null);
  const shownWidth = useWidth(frame, 600, url);
  const found = (answer?.detections ?? [])
    .map((detection, index) => ({ ...detection, index }))
    .sort((a, b) => b.confidence - a.confidence);
  const shown = found.filter((one) => one.confidence >= confidence);

  return (
    <div className="boxes">
      <div className="picture">
        {url && (
          <span className="picture-frame" ref={frame}>
            <img src={url} alt={name} />
            {answer && (
              <BoxOverlay
                image={answer.image}
                detections={shown}
                hot={hot}
                shownWidth={shownWidth}
              />
            )}
          </span>
        )}
      </div>
      <div className="stack boxes-side">
        <div className="field">
          <label className="field-label" htmlFor={id}>
            Confidence at least <output>{share(confidence)}</output>
          </label>
          <input
            id={id}
            type="range"
            min={0.01}
            max={0.99}
            step={0.01}
            value={confidence}
            onChange={(event) => setConfidence(event.target.valueAsNumber)}
          />
        </div>
        <p className="small soft" role="status">
          {answer ? `${shown.length} of ${found.length} boxes shown` : "\u00a0"}
        </p>
        <ul className="found">
          {shown.slice(0, 50).map((one) => (
            <li
              key={one.index}
              className={`row hue-${one.class_id % 6}`}
              onPointerEnter={() => setHot(one.index)}
              onPointerLeave={() => setHot(undefined)}
            >
              <span className="swatch" aria-hidden="true" />
              <strong className="found-name" title={one.class}>
                {one.class}
              </strong>
              <span className="num">{share(one.confidence)}</span>
              <span className="small soft num found-box">
                {Math.round(one.box.x2 - one.box.x1)} × {Math.round(one.box.y2 - one.box.y1)} px
              </span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
