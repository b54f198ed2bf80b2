import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { sha256 } from "@plimsoll/manifest";
import { seededRandom } from "@plimsoll/training";
import { childCli } from "../child-cli.ts";
import { drawDigits } from "../demo/digits.ts";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

process.env["ORT_DISABLE_TELEMETRY"] = "1";
const { InferenceSession, Tensor } = await import("onnxruntime-node");

let cwd: string;
let exits: readonly (number | null)[];
let events: readonly Record<string, unknown>[];
let text: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "plimsoll-demo-"));
  const first = await childCli(["demo", "--dir", "show"], { cwd });
  // The second run starts afresh in what the first left.
  const second = await childCli(["demo", "--dir", "show", "--json"], { cwd });
  exits = [first.exit, second.exit];
  text = first.out;
  events = second.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}, 240_000);

afterAll(() => rm(cwd, { recursive: true, force: true }));

const steps = (name: string): readonly Record<string, unknown>[] =>
  events.filter(({ type, step }) => type === "step" && step === name);

const place = (...path: readonly string[]): string => join(cwd, "show", ...path);

test("it ends by itself with exit 0, in a dozen steps and seven of serving", () => {
  expect(exits).toEqual([0, 0]);
  expect(events.filter(({ type }) => type === "step")).toHaveLength(19);
  expect(events.at(-1)).toMatchObject({ type: "result", command: "demo" });
  expect(text.split("\n").length).toBeLessThan(32);
});

test("both versions were trained for real, and the second is the better one", () => {
  const [hasty, patient] = steps("train").map(({ accuracy }) => Number(accuracy));
  expect(hasty).toBeGreaterThan(0.3);
  expect(patient).toBeGreaterThan(0.85);
  expect(patient).toBeGreaterThan(hasty ?? 1);
});

test("the app got the published bytes, lost them, and got them back by syncing", () => {
  const [first, second] = steps("train");
  const [fetched, repaired, updated] = steps("sync");
  expect(fetched).toMatchObject({
    sha256: first?.["sha256"],
    outcomes: { "digits.onnx": "fetched" },
  });
  expect(steps("damage")).toHaveLength(1);
  expect(steps("verify").map(({ ok }) => ok)).toEqual([true, false, true, true]);
  expect(steps("verify")[1]).toMatchObject({
    statuses: { "digits.onnx": "damaged", "metadata.json": "ok" },
  });
  expect(repaired).toMatchObject({ sha256: first?.["sha256"] });
  expect(updated).toMatchObject({
    sha256: second?.["sha256"],
    outcomes: { "digits.onnx": "fetched" },
  });
  expect(second?.["sha256"]).not.toBe(first?.["sha256"]);
});

test("a server answered, took the new version without a failed request, and went back", () => {
  expect(steps("predict").map(({ version }) => version)).toEqual(["v1.1.0", "v1.2.0", "v1.1.0"]);
  for (const { digit, expected } of steps("predict")) expect(digit).toBe(expected);
  expect(steps("swap")).toMatchObject([{ release: "v1.2.0", failed: 0 }]);
  expect(steps("serve")).toHaveLength(1);
});

test("what it leaves is the second version, byte for byte, in the app, the store and the manifest", async () => {
  const app = await readFile(place("app", "weights", "digits.onnx"));
  for (const version of ["v1.0.0", "v1.1.0", "v1.2.0"]) {
    expect(existsSync(place("store", "models", "digits", version, "manifest.json"))).toBe(true);
  }
  const stored = await readFile(place("store", "models", "digits", "v1.1.0", "digits.onnx"));
  expect(app.equals(stored)).toBe(true);
  const pinned = JSON.parse(await readFile(place("app", "weights", "manifest.json"), "utf8")) as {
    readonly release: string;
    readonly weights: Readonly<Record<string, { readonly checksum: string }>>;
  };
  expect(pinned.release).toBe("v1.1.0");
  expect(pinned.weights["digits.onnx"]?.checksum).toBe(sha256(app));
  expect(existsSync(place("cache", "v1"))).toBe(true);
});

test("onnxruntime names unseen digits with the app's file as well as was said", async () => {
  const session = await InferenceSession.create(
    await readFile(place("app", "weights", "digits.onnx")),
  );
  const { values, labels } = drawDigits(200, seededRandom(77));
  const { probabilities } = await session.run({
    image: new Tensor("float32", values, [200, 1, 16, 16]),
  });
  await session.release();
  const scores = probabilities?.data as Float32Array;
  const right = labels.filter((label, row) => {
    const own = scores.subarray(row * 10, row * 10 + 10);
    return own.indexOf(Math.max(...own)) === label;
  });
  expect(right.length / labels.length).toBeGreaterThan(0.85);
});

test("every command that it says to try next works as it stands", async () => {
  const next = text.split("\n").flatMap((line) => /^ {2}npx plimsoll (.*)$/.exec(line)?.[1] ?? []);
  expect(next.length).toBeGreaterThanOrEqual(4);
  for (const line of next) {
    const io = fakeIo({ cwd, env: { PLIMSOLL_CACHE_DIR: place("cache") } });
    expect({ line, exit: await main(line.split(" "), io), err: io.err() }).toMatchObject({
      exit: 0,
    });
  }
  expect(existsSync(place("old", "digits.onnx"))).toBe(true);
}, 180_000);

test("a folder that holds something else is not emptied", async () => {
  const mine = await mkdtemp(join(cwd, "mine-"));
  await writeFile(join(mine, "thesis.txt"), "years of work");
  const io = fakeIo({ cwd });
  expect(await main(["demo", "--dir", mine], io)).toBe(2);
  expect(io.err()).toMatch(/E_USAGE .*thesis\.txt/);
  expect(await readFile(join(mine, "thesis.txt"), "utf8")).toBe("years of work");
});
