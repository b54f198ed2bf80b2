import { setTimeout as sleep } from "node:timers/promises";

/** Timers are late by a millisecond or more: a connection may catch up on so much. */
const slackMs = 25;

/** Holds one connection to a rate, over all its answers. */
export interface Pacer {
  /** Most bytes to write before asking again. */
  readonly blockBytes: number;
  /** Resolves when `bytes` may be written. */
  pass(bytes: number): Promise<void>;
}

/** A pacer for `bytesPerSecond`: what was not used in a pause is lost. */
export function pacer(bytesPerSecond: number): Pacer {
  let paidUntil = performance.now();
  return {
    blockBytes: Math.max(1, Math.min(65_536, Math.floor(bytesPerSecond / 100))),
    async pass(bytes) {
      const now = performance.now();
      paidUntil = Math.max(paidUntil, now - slackMs) + (bytes / bytesPerSecond) * 1000;
      if (paidUntil > now) await sleep(paidUntil - now);
    },
  };
}
