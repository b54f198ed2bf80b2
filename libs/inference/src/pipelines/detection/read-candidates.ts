import { InferenceError } from "../../error.ts";
import type { NamedTensor } from "../../tensor.ts";
import { tensorValues } from "../tensor-values.ts";
import type { Candidate } from "./candidate.ts";

/** What is known about a detector's output. */
export interface CandidateOptions {
  /** How many classes the model has; 0: not known. */
  readonly classes: number;
  /** The least confidence wanted for a class. */
  readonly threshold: (classId: number) => number;
}

/**
 * Boxes of a YOLO-shaped output of one picture, above their class's threshold. Understood are
 *
 * - `[1, 4 + classes, N]` and its transpose (YOLOv8 and later): centre, size, then a score per class;
 * - `[1, N, 5 + classes]` (YOLOv5, v7): the same with the confidence that there is an object before the scores; only
 *   where the number of classes is known, since nothing else tells it from the former;
 * - `[1, N, 6]` with at most 1,000 rows (exports with their own suppression, YOLOv10): corners, score, class; unless the
 *   model has two classes.
 *
 * @throws InferenceError `E_OUTPUT` for an output of another shape.
 */
export function readCandidates(output: NamedTensor, options: CandidateOptions): Candidate[] {
  const [batch = 0, rows = 0, columns = 0] = output.shape;
  const known = options.classes;
  const refuse = (): InferenceError =>
    new InferenceError(
      "E_OUTPUT",
      `output ${output.name}: [1, 4 + classes, N] expected, got [${output.shape.join(", ")}]`,
    );
  if (output.shape.length !== 3 || batch !== 1) throw refuse();
  const values = tensorValues(output);
  if (columns === 6 && rows <= 1000 && known !== 2) return readFinished(values, rows, options);
  const fits = (size: number): boolean => known > 0 && (size === 4 + known || size === 5 + known);
  const channelsFirst = fits(rows) !== fits(columns) ? fits(rows) : rows <= columns;
  const features = channelsFirst ? rows : columns;
  const count = channelsFirst ? columns : rows;
  if (features < 5) throw refuse();
  const step = channelsFirst ? { feature: count, box: 1 } : { feature: 1, box: features };
  const objectness = known > 0 && !channelsFirst && features === 5 + known;
  const first = objectness ? 5 : 4;
  const last = known > 0 ? Math.min(features, first + known) : features;

  const best = new Float32Array(count).fill(-Infinity);
  const bestClass = new Int32Array(count);
  for (let feature = first; feature < last; feature += 1) {
    let at = feature * step.feature;
    for (let box = 0; box < count; box += 1) {
      const score = values[at] ?? 0;
      if (score > (best[box] ?? 0)) {
        best[box] = score;
        bestClass[box] = feature - first;
      }
      at += step.box;
    }
  }
  const found: Candidate[] = [];
  for (let box = 0; box < count; box += 1) {
    const at = (feature: number): number => values[feature * step.feature + box * step.box] ?? 0;
    const classId = bestClass[box] ?? 0;
    const confidence = (best[box] ?? 0) * (objectness ? at(4) : 1);
    if (!(confidence >= options.threshold(classId))) continue;
    const [x, y, halfWidth, halfHeight] = [at(0), at(1), at(2) / 2, at(3) / 2];
    const corners = {
      x1: x - halfWidth,
      y1: y - halfHeight,
      x2: x + halfWidth,
      y2: y + halfHeight,
    };
    found.push({ classId, confidence, ...corners });
  }
  return found;
}

function readFinished(values: Float32Array, rows: number, options: CandidateOptions): Candidate[] {
  const found: Candidate[] = [];
  for (let row = 0; row < rows; row += 1) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, confidence = 0, classId = 0] = values.subarray(
      row * 6,
      row * 6 + 6,
    );
    const id = Math.round(classId);
    if (confidence > 0 && confidence >= options.threshold(id)) {
      found.push({ classId: id, confidence, x1, y1, x2, y2 });
    }
  }
  return found;
}
