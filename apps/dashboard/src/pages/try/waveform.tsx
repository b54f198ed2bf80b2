import { type ReactNode, useEffect, useState } from "react";
import { duration } from "../../format/duration.ts";
import { peaks } from "./peaks.ts";
import { wavRate } from "./wav-rate.ts";

const columns = 400;

interface Sound {
  readonly path: string;
  readonly seconds: number;
  /** Hertz, where the file says it; decoded samples have the decoder's rate. */
  readonly rate: number | undefined;
}

/** The shape of a sound, and a player for it. A format that this browser cannot decode is said to be so. */
export function Waveform(props: {
  readonly file: File;
  readonly url: string | undefined;
}): ReactNode {
  const { file, url } = props;
  const [sound, setSound] = useState<Sound | "unreadable">();
  useEffect(() => {
    let gone = false;
    draw(file).then(
      (drawn) => gone || setSound(drawn),
      () => gone || setSound("unreadable"),
    );
    return () => {
      gone = true;
    };
  }, [file]);
  const drawn = typeof sound === "object" ? sound : undefined;
  return (
    <figure className="stack">
      <svg
        className="wave"
        viewBox={`0 0 ${columns} 100`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Waveform of ${file.name}`}
      >
        {drawn && <path d={drawn.path} />}
      </svg>
      <figcaption className="row row-spread small soft">
        <span className="wrap-anywhere">{file.name}</span>
        <span className="num">
          {drawn
            ? duration(drawn.seconds * 1000) +
              (drawn.rate === undefined ? "" : ` · ${drawn.rate.toLocaleString("en")} Hz`)
            : sound === "unreadable"
              ? "this browser cannot draw it; the model may read it all the same"
              : "\u00a0"}
        </span>
      </figcaption>
      {url && <audio controls src={url} aria-label={`Play ${file.name}`} />}
    </figure>
  );
}

async function draw(file: File): Promise<Sound> {
  // One sample is enough to decode: nothing is played through this context.
  const context = new OfflineAudioContext(1, 1, 44_100);
  const bytes = await file.arrayBuffer();
  const rate = wavRate(bytes);
  const sound = await context.decodeAudioData(bytes);
  const path = peaks(sound.getChannelData(0), columns)
    .map(([low, high], x) => {
      const top = 50 - high * 48;
      const height = Math.max(0.8, (high - low) * 48);
      return `M${x} ${top.toFixed(1)}h0.8v${height.toFixed(1)}h-0.8z`;
    })
    .join("");
  return { path, seconds: sound.duration, rate };
}
