import type { DetectedObject, DetectionAnswer } from "@plimsoll/api";
import type { ReactNode } from "react";

/** Boxes in the pixels of the picture: the drawing has the picture's own coordinates and is scaled with it. */
export function BoxOverlay(props: {
  readonly image: DetectionAnswer["image"];
  readonly detections: readonly (DetectedObject & { readonly index: number })[];
  readonly hot: number | undefined;
  /** Pixels of the screen that the picture is wide. */
  readonly shownWidth: number;
}): ReactNode {
  const { width, height } = props.image;
  // Labels are as large as other text, whatever the picture's resolution and however small it is shown.
  const font = (13 * width) / props.shownWidth;
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${props.detections.length} boxes`}
      preserveAspectRatio="none"
    >
      {props.detections.map((one) => {
        const { x1, y1, x2, y2 } = one.box;
        const frame = { x: x1, y: y1, width: x2 - x1, height: y2 - y1 };
        const label = `${one.class} ${Math.round(one.confidence * 100)} %`;
        // Inside the box where there is no room above it.
        const top = y1 >= font * 1.6 ? y1 - font * 1.5 : y1;
        const wide = label.length * font * 0.6 + font * 0.7;
        const left = Math.max(0, Math.min(x1, width - wide));
        return (
          <g key={one.index} className={`hue-${one.class_id % 6}`}>
            <rect className="box-halo" {...frame} />
            <rect
              className="box"
              data-hot={props.hot === one.index}
              data-class={one.class}
              {...frame}
            />
            <g className="box-label">
              <rect x={left} y={top} width={wide} height={font * 1.5} />
              <text x={left + font * 0.35} y={top + font * 1.1} fontSize={font}>
                {label}
              </text>
            </g>
          </g>
        );
      })}
    </svg>
  );
}
