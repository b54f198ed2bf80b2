import { StorageError } from "../../error.ts";

const MiB = 2 ** 20;
/** Parts that are aimed at; hosts take 10,000, and the last thousand is a margin. */
const aimedParts = 9_000;

/** How a file is cut for a multipart upload. */
export interface PartPlan {
  /** Of every part but the last: R2 wants them equal. */
  readonly partBytes: number;
  readonly parts: number;
}

/** Parts of at least `minPartBytes`, in whole MiB once a file needs larger ones. */
export function planParts(size: number, minPartBytes: number): PartPlan {
  const wanted = Math.ceil(size / aimedParts);
  const partBytes = wanted <= minPartBytes ? minPartBytes : Math.ceil(wanted / MiB) * MiB;
  if (partBytes > 5 * 1024 * MiB) {
    throw new StorageError("E_LIMIT", `${size} bytes are more than 9,000 parts of 5 GiB can hold`);
  }
  return { partBytes, parts: Math.max(1, Math.ceil(size / partBytes)) };
}
