import type { Candidate } from "./candidate.ts";

/** Limits of the suppression: the strongest boxes are looked at, and the strongest of those are kept. */
export const suppressionDefaults = { maxCandidates: 10_000, maxDetections: 300 } as const;

/** Area of the overlap over the area of both boxes together, 0 to 1. */
export function overlap(a: Candidate, b: Candidate): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  const area = ({ x1, y1, x2, y2 }: Candidate): number => (x2 - x1) * (y2 - y1);
  return shared / (area(a) + area(b) - shared);
}

/** Of boxes of one class that overlap by more than `iou`, only the strongest stays. The strongest first. */
export function suppress(candidates: readonly Candidate[], iou: number): readonly Candidate[] {
  const { maxCandidates, maxDetections } = suppressionDefaults;
  const sorted = [...candidates].sort((a, b) => b.confidence - a.confidence);
  const kept: Candidate[] = [];
  const byClass = new Map<number, Candidate[]>();
  for (const candidate of sorted.slice(0, maxCandidates)) {
    const others = byClass.get(candidate.classId) ?? [];
    if (others.some((other) => overlap(other, candidate) > iou)) continue;
    others.push(candidate);
    byClass.set(candidate.classId, others);
    kept.push(candidate);
    if (kept.length === maxDetections) break;
  }
  return kept;
}
