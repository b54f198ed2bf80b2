import { useEffect, useRef, useState } from "react";
import { pulse } from "../../client/pulse.ts";
import { RequestProblem } from "../../client/request-problem.ts";
import { sendFile } from "./send-file.ts";

/** One file on its way, or how it ended. */
export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly className: string;
  readonly state: "waiting" | "sending" | "stored" | "duplicate" | "quarantined" | "failed";
  /** 0 to 1. */
  readonly share: number;
  readonly message?: string;
}

const atOnce = 3;

interface Waiting {
  readonly id: number;
  readonly file: File;
  readonly model: string;
  readonly className: string;
}

/** A queue of uploads, three at a time; what failed can be tried again. It ends with the page. */
export function useUploads(): {
  readonly uploads: readonly Upload[];
  readonly add: (model: string, className: string, files: readonly File[]) => void;
  readonly retry: () => void;
  readonly clear: () => void;
} {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const queue = useRef<Waiting[]>([]);
  const failed = useRef<Waiting[]>([]);
  const active = useRef(0);
  const ids = useRef(0);
  const abort = useRef(new AbortController());
  useEffect(() => {
    const now = new AbortController();
    abort.current = now;
    return () => now.abort();
  }, []);

  const change = (id: number, by: Partial<Upload>): void =>
    setUploads((all) => all.map((one) => (one.id === id ? { ...one, ...by } : one)));

  const one = async (waiting: Waiting): Promise<void> => {
    const { id, file, model, className } = waiting;
    change(id, { state: "sending", share: 0 });
    try {
      const answer = await sendFile({
        model,
        className,
        file,
        signal: abort.current.signal,
        onProgress: (share) => change(id, { share }),
      });
      const state = answer.duplicate
        ? "duplicate"
        : answer.quarantined !== undefined
          ? "quarantined"
          : "stored";
      const message = answer.quarantined ?? (answer.s3_uploaded ? "" : answer.message);
      change(id, { state, share: 1, message });
    } catch (error) {
      const problem =
        error instanceof RequestProblem ? error : new RequestProblem(0, "E_ANSWER", String(error));
      const way = problem.detail ? `: ${problem.detail}` : "";
      change(id, { state: "failed", message: `${problem.message}${way}` });
      failed.current.push(waiting);
    }
  };

  const pump = (): void => {
    while (active.current < atOnce) {
      const next = queue.current.shift();
      if (!next) return;
      active.current += 1;
      void one(next).finally(() => {
        active.current -= 1;
        if (active.current === 0 && queue.current.length === 0) pulse.beat();
        pump();
      });
    }
  };

  return {
    uploads,
    add(model, className, files) {
      const waiting = files.map((file) => ({ id: (ids.current += 1), file, model, className }));
      queue.current.push(...waiting);
      setUploads((all) => [
        ...waiting.map(({ id, file }) => ({
          id,
          name: file.name,
          size: file.size,
          className,
          state: "waiting" as const,
          share: 0,
        })),
        ...all,
      ]);
      pump();
    },
    retry() {
      queue.current.push(...failed.current.splice(0));
      pump();
    },
    clear() {
      failed.current = [];
      setUploads((all) => all.filter(({ state }) => state === "waiting" || state === "sending"));
    },
  };
}
