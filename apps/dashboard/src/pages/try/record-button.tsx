import { type ReactNode, useEffect, useRef, useState } from "react";
import { Icon } from "../../parts/icon.tsx";
import { encodeWav } from "./encode-wav.ts";
import { mediaRefusal } from "./media-refusal.ts";

const longestMs = 30_000;

/** Records the microphone, at most 30 s, and gives a WAV: what browsers record themselves is not read by every model. */
export function RecordButton(props: { readonly onFile: (file: File) => void }): ReactNode {
  const [recording, setRecording] = useState(false);
  const [refused, setRefused] = useState<string>();
  const recorder = useRef<MediaRecorder>(undefined);

  useEffect(() => () => recorder.current?.stream.getTracks().forEach((track) => track.stop()), []);

  const start = async (): Promise<void> => {
    setRefused(undefined);
    const refuse = (reason: unknown): void =>
      setRefused(mediaRefusal("microphone", reason, isSecureContext));
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const pieces: Blob[] = [];
      const now = new MediaRecorder(stream);
      recorder.current = now;
      now.ondataavailable = (event) => pieces.push(event.data);
      now.onstop = () => {
        stream.getTracks().forEach((track) => track.stop());
        setRecording(false);
        void toWav(new Blob(pieces, { type: now.mimeType })).then(props.onFile, refuse);
      };
      now.start();
      setRecording(true);
      setTimeout(() => now.state === "recording" && now.stop(), longestMs);
    } catch (reason) {
      refuse(reason);
    }
  };

  if (recording) {
    return (
      <button
        type="button"
        className="button"
        data-kind="danger"
        onClick={() => recorder.current?.stop()}
      >
        <Icon name="stop" />
        Stop recording
      </button>
    );
  }
  return (
    <>
      <button type="button" className="button" onClick={() => void start()}>
        <Icon name="microphone" />
        Record
      </button>
      {refused && (
        <p className="small drop-note" role="alert">
          {refused}
        </p>
      )}
    </>
  );
}

async function toWav(recorded: Blob): Promise<File> {
  const context = new AudioContext();
  try {
    const sound = await context.decodeAudioData(await recorded.arrayBuffer());
    const wav = encodeWav(sound.getChannelData(0), sound.sampleRate);
    return new File([wav], "recording.wav", { type: "audio/wav" });
  } finally {
    await context.close();
  }
}
