import { performance } from "node:perf_hooks";

/** Time as an option: tests move it by hand. */
export interface Clock {
  /** Milliseconds since 1970. Must not go back, so that what has passed can be taken from two answers. */
  now(): number;
  /** Calls `act` once after `ms`; the result cancels it. */
  after(ms: number, act: () => void): () => void;
}

/** The machine's clock. Its timers do not keep a process alive: what they watch over does. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
