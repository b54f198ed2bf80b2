import { model, valueInfo } from "@plimsoll/inference";
import { startModel } from "../runtime.ts";
import { openTape } from "../step/tape.ts";

/** `rowsᵀ · rows` `[size, size]` of rows `[count, size]`, computed in onnxruntime. */
export async function innerProducts(rows: Float32Array, size: number): Promise<Float32Array> {
  const tape = openTape();
  tape.rename(tape.op("Gemm", ["rows", "rows"], { transA: 1 }), "products");
  const running = await startModel(
    model({
      name: "inner-products",
      nodes: tape.nodes,
      inputs: [valueInfo("rows", ["rows", size])],
      outputs: [valueInfo("products", [size, size])],
    }),
  );
  const answer = await running.run({ rows: { data: rows, dims: [rows.length / size, size] } });
  await running.close();
  return answer["products"]?.data as Float32Array;
}

/** `rows · matrix` for a matrix `[size, size]`, computed in onnxruntime. */
export async function timesMatrix(
  rows: Float32Array,
  matrix: Float32Array,
  size: number,
): Promise<Float32Array> {
  const tape = openTape();
  tape.rename(tape.op("MatMul", ["rows", "matrix"]), "products");
  const running = await startModel(
    model({
      name: "row-products",
      nodes: tape.nodes,
      inputs: [valueInfo("rows", ["rows", size]), valueInfo("matrix", [size, size])],
      outputs: [valueInfo("products", ["rows", size])],
    }),
  );
  const answer = await running.run({
    rows: { data: rows, dims: [rows.length / size, size] },
    matrix: { data: matrix, dims: [size, size] },
  });
  await running.close();
  return answer["products"]?.data as Float32Array;
}
