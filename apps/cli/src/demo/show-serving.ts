import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openCache } from "@plimsoll/cache";
import { seededRandom } from "@plimsoll/training";
import { publishWeights } from "@plimsoll/weights";
import { CliError } from "../error.ts";
import { type ServerProcess, startServer } from "../server-process.ts";
import { drawDigits, side } from "./digits.ts";
import { grayPng } from "./gray-png.ts";
import { type DemoOptions, type DemoStep, served } from "./show-main-job.ts";
import { trainModel } from "./train-model.ts";

/** What `POST /predict` answered, and the version that its header names. */
interface Answer {
  readonly version: string;
  readonly digit: string;
  readonly confidence: number;
}

const release = "v1.2.0";
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/**
 * The chapter after the main job, in a server of its own process: it serves, answers, takes a version that is published
 * meanwhile without dropping a request, and goes back to the one before.
 */
export async function showServing(options: DemoOptions): Promise<void> {
  const { folder, signal, env, now } = options;
  const store = resolve(folder.store);
  const token = randomBytes(24).toString("hex");
  const digit = picture();
  const tell = (
    step: DemoStep["step"],
    startedAt: number,
    text: string,
    facts: DemoStep["facts"],
  ): void => options.onStep({ step, elapsedMs: now() - startedAt, text, facts });

  let startedAt = now();
  const server = await startServer({
    cwd: folder.dir,
    signal,
    env: {
      PATH: env["PATH"],
      HOME: env["HOME"],
      MODEL_STORE: store,
      ADMIN_TOKEN: token,
      PLIMSOLL_CACHE_DIR: resolve(folder.cache),
    },
  });
  try {
    const memory = residentMb(server.pid);
    const size = memory === undefined ? "" : `, ${memory} MB`;
    tell("serve", startedAt, `${server.url}, no model loaded yet${size}`, { memory });
    const ask = (): Promise<Answer> => predict(server, digit.png, signal);
    const predicted = async (): Promise<void> => {
      const begun = now();
      const { version, digit: read, confidence } = await ask();
      const text = `POST /predict with a drawn ${digit.label}: ${read}, ${percent(confidence)} sure, by ${version}`;
      tell("predict", begun, text, { version, digit: read, expected: digit.label, confidence });
    };
    await predicted();

    startedAt = now();
    await publishNext(options, store);
    tell("publish", startedAt, `${release} of a longer training, while the server serves`, {
      release,
    });

    startedAt = now();
    const during = await whileAsking(ask, async () => {
      await admin(server, token, "reload-models", { model_type: "digits", version: release });
    });
    const swap = `${release} is live, ${during.answers} predictions meanwhile, ${during.failed} failed`;
    tell("swap", startedAt, swap, { release, ...during });
    await predicted();

    startedAt = now();
    await admin(server, token, "reload-models", { model_type: "digits", version: "v1.1.0" });
    tell("back", startedAt, `to v1.1.0, the same way`, { release: "v1.1.0" });
    await predicted();
  } finally {
    await server.stop();
  }
}

function picture(): { readonly label: string; readonly png: Buffer } {
  const { values, labels } = drawDigits(1, seededRandom(7));
  return { label: String(labels[0] ?? 0), png: grayPng(values, side) };
}

async function publishNext({ folder, signal, env }: DemoOptions, store: string): Promise<void> {
  const model = trainModel(served);
  await writeFile(join(folder.trained, "digits.onnx"), model.onnx);
  const metadata = `${JSON.stringify(model.metadata, null, 2)}\n`;
  await writeFile(join(folder.trained, "metadata.json"), metadata);
  const cache = await openCache({ dir: folder.cache, env });
  await publishWeights({ from: [folder.trained], to: [store], release, cache, signal, env });
}

async function predict(server: ServerProcess, png: Buffer, signal: AbortSignal): Promise<Answer> {
  const body = new FormData();
  body.set("file", new Blob([new Uint8Array(png)], { type: "image/png" }), "digit.png");
  body.set("model", "digits");
  const reply = await fetch(`${server.url}/predict`, { method: "POST", body, signal });
  const answer = (await reply.json()) as Record<string, unknown>;
  if (!reply.ok) throw refused("POST /predict", reply.status, answer);
  return {
    version: reply.headers.get("x-model-version") ?? "",
    digit: String(answer["predicted_class"]),
    confidence: Number(answer["confidence"]),
  };
}

async function admin(
  server: ServerProcess,
  token: string,
  route: string,
  body: object,
): Promise<void> {
  const reply = await fetch(`${server.url}/api/v1/admin/${route}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = (await reply.json()) as Record<string, unknown>;
  if (!reply.ok) throw refused(route, reply.status, answer);
}

function refused(what: string, status: number, answer: Record<string, unknown>): CliError {
  return new CliError("E_USAGE", `${what}: ${status} ${String(answer["detail"] ?? "")}`);
}

/** Asks one prediction after the other until the work is done. */
async function whileAsking(
  ask: () => Promise<Answer>,
  work: () => Promise<void>,
): Promise<{ readonly answers: number; readonly failed: number }> {
  let isDone = false;
  let answers = 0;
  let failed = 0;
  const asking = (async () => {
    while (!isDone) {
      await ask().then(
        () => (answers += 1),
        () => (failed += 1),
      );
    }
  })();
  try {
    await work();
  } finally {
    isDone = true;
    await asking;
  }
  return { answers, failed };
}

/** Memory of a process in MB, where `/proc` tells it. */
function residentMb(pid: number): number | undefined {
  try {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Math.round((Number(kilobytes) * 1024) / 1e6);
  } catch {
    return undefined;
  }
}
