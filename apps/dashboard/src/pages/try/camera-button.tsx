import { type ReactNode, useEffect, useRef, useState } from "react";
import { Dialog } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Notice } from "../../parts/notice.tsx";
import { mediaRefusal } from "./media-refusal.ts";

/** Takes one picture with the camera. Nothing is recorded, and the camera is let go at once afterwards. */
export function CameraButton(props: { readonly onFile: (file: File) => void }): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        <Icon name="camera" />
        Camera
      </button>
      {open && (
        <Camera
          onClose={() => setOpen(false)}
          onFile={(file) => {
            setOpen(false);
            props.onFile(file);
          }}
        />
      )}
    </>
  );
}

function Camera(props: {
  readonly onClose: () => void;
  readonly onFile: (file: File) => void;
}): ReactNode {
  const video = useRef<HTMLVideoElement>(null);
  const [refused, setRefused] = useState<string>();
  const [ready, setReady] = useState(false);

  useEffect(() => {
    let stream: MediaStream | undefined;
    let gone = false;
    const start = async (): Promise<void> => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: "environment" },
        });
        if (gone) stream.getTracks().forEach((track) => track.stop());
        else if (video.current) video.current.srcObject = stream;
      } catch (reason) {
        setRefused(mediaRefusal("camera", reason, isSecureContext));
      }
    };
    void start();
    return () => {
      gone = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);

  const shoot = (): void => {
    const frame = video.current;
    if (!frame) return;
    const canvas = document.createElement("canvas");
    canvas.width = frame.videoWidth;
    canvas.height = frame.videoHeight;
    canvas.getContext("2d")?.drawImage(frame, 0, 0);
    canvas.toBlob((blob) => {
      if (blob) props.onFile(new File([blob], "camera.png", { type: "image/png" }));
    }, "image/png");
  };

  return (
    <Dialog title="Camera" onClose={props.onClose}>
      {refused ? (
        <Notice tone="warn" title="No camera">
          {refused}
        </Notice>
      ) : (
        <video
          ref={video}
          className="camera"
          autoPlay
          muted
          playsInline
          onLoadedData={() => setReady(true)}
        />
      )}
      <div className="dialog-end">
        <button type="button" className="button" onClick={props.onClose}>
          Cancel
        </button>
        <button
          type="button"
          className="button"
          data-kind="primary"
          disabled={!ready}
          onClick={shoot}
        >
          Take picture
        </button>
      </div>
    </Dialog>
  );
}
