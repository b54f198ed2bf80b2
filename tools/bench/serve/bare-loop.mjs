/** `node bare-loop.mjs <model> <seconds>`: what onnxruntime-node alone does in a loop, with the server's settings. Prints predictions a second. */
process.env.ORT_DISABLE_TELEMETRY = "1";
const { InferenceSession, Tensor } = await import("onnxruntime-node");
const [path, seconds] = process.argv.slice(2);
const width = 512;
const session = await InferenceSession.create(path, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  extra: { session: { intra_op: { allow_spinning: "0" } } },
});
const values = Float32Array.from({ length: width }, (_, i) => (i % 17) / 17);
const run = async () => await session.run({ x: new Tensor("float32", values, [1, width]) });
for (let i = 0; i < 50; i++) await run();
const began = performance.now();
let runs = 0;
while (performance.now() - began < seconds * 1000) {
  await run();
  runs += 1;
}
console.log((runs / (performance.now() - began)) * 1000);
