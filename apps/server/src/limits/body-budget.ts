import { ServerError } from "../error.ts";

/** Bounds the memory that bodies of requests in flight take together. */
export interface BodyBudget {
  /**
   * Sets bytes aside until the returned function is called.
   *
   * @throws ServerError 413 for more than `max`, 503 while others hold too much.
   */
  reserve(bytes: number | undefined, max: number): () => void;
  held(): number;
}

/** `bytes` undefined: the client does not say how much will come, so as much as it may send is set aside. */
export function openBodyBudget(totalBytes: number): BodyBudget {
  let held = 0;
  return {
    reserve(bytes, max) {
      if (bytes !== undefined && bytes > max) {
        throw new ServerError("E_LIMIT", 413, `at most ${max} bytes are taken here`);
      }
      const wanted = bytes ?? max;
      if (held > 0 && held + wanted > totalBytes) {
        throw new ServerError("E_BUSY", 503, "too many uploads at the same time: try again", {
          retryAfterSeconds: 1,
        });
      }
      held += wanted;
      let isReleased = false;
      return () => {
        if (!isReleased) held -= wanted;
        isReleased = true;
      };
    },
    held: () => held,
  };
}
