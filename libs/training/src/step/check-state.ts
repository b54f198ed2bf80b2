import type { Running } from "../runtime.ts";
import type { Batches } from "./batches.ts";
import type { Network, NetworkState } from "./network.ts";

/** Mean cross-entropy in nats and accuracy, 0 to 1, of a state on examples that it was not trained on. */
export async function checkState(
  answerer: Running,
  net: Network,
  state: NetworkState,
  data: Batches,
  batchRows: number,
): Promise<{ readonly loss: number; readonly accuracy: number }> {
  const size = net.shape.reduce((product, each) => product * each, 1);
  let [loss, right] = [0, 0];
  for (let from = 0; from < data.count; from += batchRows) {
    const rows = Uint32Array.from(
      { length: Math.min(batchRows, data.count - from) },
      (_, i) => from + i,
    );
    const values = new Float32Array(rows.length * size);
    data.fill(rows, values);
    const { probabilities } = await answerer.run({
      values: { data: values, dims: [rows.length, ...net.shape] },
      parameters: { data: state.parameters, dims: [state.parameters.length] },
      ...(net.statistics.length > 0
        ? { statistics: { data: state.statistics, dims: [state.statistics.length] } }
        : {}),
    });
    rows.forEach((row, i) => {
      const scores = (probabilities?.data as Float32Array).subarray(
        i * net.classes,
        (i + 1) * net.classes,
      );
      const label = data.labels[row] as number;
      loss -= Math.log(Math.max(scores[label] ?? 0, 2 ** -126));
      if (scores.indexOf(Math.max(...scores)) === label) right += 1;
    });
  }
  return { loss: loss / data.count, accuracy: right / data.count };
}
