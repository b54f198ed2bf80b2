import type { Fault } from "@plimsoll/testing";

/** What a bad host or proxy may do to one answer; most answers are right, or nothing would ever end. */
export function randomFault(random: () => number, bytes: number): Fault | undefined {
  if (random() < 0.6) return undefined;
  const somewhere = (): number => Math.floor(random() * bytes);
  const faults: readonly (() => Fault)[] = [
    () => ({ cutAfter: somewhere() }),
    () => ({ cutAfter: somewhere(), reset: true }),
    () => ({ stallAfter: somewhere() }),
    () => ({ wrongBytes: [somewhere(), somewhere()] }),
    () => ({ lieAboutLength: somewhere() - bytes / 2 }),
    () => ({ status: 503, retryAfter: "0" }),
    () => ({ status: 429 }),
    () => ({ status: 404 }),
    () => ({ ignoreRange: true }),
    () => ({ contentRange: `bytes 0-99/${bytes}` }),
    () => ({ etag: `"${somewhere()}"` }),
    () => ({ gzipLayers: 1 }),
    () => ({ captivePortal: true }),
    () => ({ extraBytes: 10 }),
    () => ({ twoContentLengths: true }),
    () => ({ chunkedWithoutEnd: true, cutAfter: somewhere() }),
    () => ({ closeDelimited: true, ignoreRange: true, cutAfter: somewhere() }),
    () => ({ multipartRanges: true }),
    () => ({ redirectTo: "/elsewhere" }),
    () => ({ redirectTo: "/moved" }),
    () => ({ refuse: true, reset: true }),
  ];
  return faults[Math.floor(random() * faults.length)]?.();
}
