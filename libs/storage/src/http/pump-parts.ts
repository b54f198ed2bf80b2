import type { BodySource } from "./reply-body.ts";

/** Reads a body by calls: see `HttpReply.pump`. */
export function pumpParts(
  source: BodySource,
  take: (part: Buffer) => Promise<void> | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    /** Came while `take` was busy: copies. */
    const late: Buffer[] = [];
    let isBusy = false;
    let over: { readonly failure: { readonly error: unknown } | undefined } | undefined;

    const stop = (error: unknown): void => {
      over = { failure: { error } };
      late.length = 0;
      reject(error);
      source.leave();
    };
    const finish = (): void => {
      if (over === undefined || isBusy) return;
      if (over.failure === undefined) resolve();
      else reject(over.failure.error);
    };
    const give = (part: Buffer): void => {
      try {
        const busy = take(part);
        if (busy === undefined) return;
        isBusy = true;
        source.hold();
        busy.then(goOn, stop);
      } catch (error) {
        stop(error);
      }
    };
    const goOn = (): void => {
      isBusy = false;
      while (late.length > 0 && !isBusy) give(late.shift() as Buffer);
      if (isBusy) return;
      finish();
      source.release();
    };
    source.claim({
      part(bytes) {
        if (over !== undefined) return;
        if (isBusy) late.push(Buffer.from(bytes));
        else give(bytes);
      },
      over(failure) {
        over ??= { failure };
        // What came before a cut has been handed over, all but what nobody had time for.
        finish();
      },
    });
  });
}
