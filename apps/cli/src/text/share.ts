import { bytesText } from "./quantity.ts";

/** `41 % of bytes shared, update 2.1 GB of 3.6 GB`. */
export function shareText(share: {
  readonly bytes: number;
  readonly sharedBytes: number;
  readonly fetchBytes: number;
}): string {
  const { bytes, sharedBytes, fetchBytes } = share;
  // Rounded down: 100 % is said only where nothing is to be fetched.
  const percent = bytes === 0 ? 100 : Math.floor((sharedBytes / bytes) * 100);
  return `${percent} % of bytes shared, update ${bytesText(fetchBytes)} of ${bytesText(bytes)}`;
}
