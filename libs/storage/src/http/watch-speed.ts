import type { BodyRules } from "./reply-body.ts";

/** What is watched. */
export interface Watched {
  received(): number;
  isHeld(): boolean;
  isClaimed(): boolean;
  giveUp(what: string): void;
}

/** Watches a body for silence and for a trickle; the time in which its reader held the host counts for neither. */
export function watchSpeed(
  rules: Pick<BodyRules, "clock" | "idleTimeoutMs" | "minBytesPerSecond" | "slowWindowMs">,
  body: Watched,
): { arrived(): void; stop(): void } {
  const { clock, idleTimeoutMs, minBytesPerSecond, slowWindowMs } = rules;

  let lastByteAt = clock.now();
  let windowStart = body.received();
  let wasHeld = false;
  let cancelIdle = (): void => undefined;
  let cancelWindow = (): void => undefined;

  const checkIdle = (): void => {
    if (!body.isClaimed()) {
      body.giveUp("nobody read the body");
      return;
    }
    const silentMs = body.isHeld() ? 0 : clock.now() - lastByteAt;
    if (silentMs >= idleTimeoutMs) body.giveUp(`silent for ${idleTimeoutMs / 1000} s`);
    else cancelIdle = clock.after(idleTimeoutMs - silentMs, checkIdle);
  };
  const checkWindow = (): void => {
    const bytes = body.received() - windowStart;
    const isSlow = bytes * 1000 < minBytesPerSecond * slowWindowMs;
    if (isSlow && !wasHeld && !body.isHeld()) {
      body.giveUp(`only ${bytes} bytes in ${slowWindowMs / 1000} s`);
      return;
    }
    windowStart = body.received();
    wasHeld = false;
    cancelWindow = clock.after(slowWindowMs, checkWindow);
  };
  cancelIdle = clock.after(idleTimeoutMs, checkIdle);
  cancelWindow = clock.after(slowWindowMs, checkWindow);
  return {
    arrived() {
      lastByteAt = clock.now();
      if (body.isHeld()) wasHeld = true;
    },
    stop() {
      cancelIdle();
      cancelWindow();
    },
  };
}
