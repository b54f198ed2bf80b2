import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer as createWebServer, type Server } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { encodeModel, model, node, rectangleDetector, valueInfo } from "@plimsoll/inference";
import {
  fakeGcs,
  fakeGithub,
  fakeHuggingFace,
  fakeS3,
  madePicture,
  madeSound,
} from "@plimsoll/testing";
import type { PageChanges } from "./page-script.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const root = here("../..");

/** The hosts that pages name, on loopback, and a folder with a small project. */
export interface DocsWorld extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  /** Addresses of hosts, and secrets that a page leaves to the reader. */
  readonly replace: NonNullable<PageChanges["replace"]>;
  /** First line of the script. */
  readonly prelude: string;
  /** One line for each command that something else stood in for. */
  readonly log: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Says how red, green or blue a picture is: the mean of each colour. */
const classifier = (): Uint8Array =>
  encodeModel(
    model({
      name: "colours",
      nodes: [
        node("GlobalAveragePool", ["images"], ["means"]),
        node("Flatten", ["means"], ["flat"], { axis: 1 }),
        node("Softmax", ["flat"], ["scores"], { axis: 1 }),
      ],
      initializers: [],
      inputs: [valueInfo("images", ["batch", 3, 32, 32])],
      outputs: [valueInfo("scores", ["batch", 3])],
    }),
  );

/** A project as pages suppose it: weights, pictures, a sound, an app. A project of a classifier has a detector beside. */
async function writeProject(dir: string, of: "detector" | "classifier"): Promise<void> {
  const rated = { accuracy: 0.95, metrics: { f1: 0.9 } };
  const names = ["red", "green", "blue"];
  const colours = { task: "image-classification", classes: names, ...rated };
  const detector = of === "detector" ? "weights" : "detector";
  const files: Readonly<Record<string, string | Uint8Array>> = {
    ...(of === "classifier" && {
      "weights/custom_cnn.onnx": classifier(),
      "weights/metadata.json": JSON.stringify(colours),
    }),
    [`${detector}/yolov8m.onnx`]: rectangleDetector({ size: 64 }),
    [`${detector}/metadata.json`]: JSON.stringify({ task: "object-detection", ...rated }),
    "bird.jpg": madePicture("disc", 1),
    "street.jpg": madePicture("checks", 2),
    "sound.wav": madeSound("alarm", 3),
    "server.js": 'console.log("the app starts");\n',
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
}

/** Shows a folder over HTTP, as any web server does that knows no ranges. */
async function webServer(folder: string): Promise<Server> {
  const server = createWebServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    void readFile(join(folder, path)).then(
      (bytes) => response.setHeader("content-length", bytes.length).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

export interface WorldOptions {
  /** What lies in S3 from the start, by bucket and key. */
  readonly objects?: Readonly<Record<string, Uint8Array>>;
  /** What the weights of the project are; `none`: the page begins in an empty folder. Default `detector`. */
  readonly project?: "detector" | "classifier" | "none";
  /** Also what takes long. Default false. */
  readonly nightly?: boolean;
}

/** Starts the hosts that `markdown` names and writes the project into `dir`. */
export async function docsWorld(
  dir: string,
  markdown: string,
  { objects = {}, project = "detector", nightly = false }: WorldOptions = {},
): Promise<DocsWorld> {
  const names = (pattern: RegExp): string[] => [
    ...new Set([...markdown.matchAll(pattern)].map(([, name = ""]) => name)),
  ];
  const s3 = await fakeS3({ buckets: names(/s3:\/\/([a-z0-9][a-z0-9.-]*)/g) });
  for (const [path, bytes] of Object.entries(objects)) {
    const [bucket = "", ...key] = path.split("/");
    s3.put(bucket, key.join("/"), bytes);
  }
  const web = await webServer(join(dir, "site"));
  const site = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  const github = await fakeGithub();
  const [repository = "owner/repo"] = names(/hf:\/\/([\w-]+\/[\w-]+)/g);
  const hub = await fakeHuggingFace({ repository });
  const [bucket = "my-bucket"] = names(/gs:\/\/([a-z0-9-]+)/g);
  const gcs = await fakeGcs(bucket);
  const port = await freePort();
  if (project !== "none") await writeProject(dir, project);
  const server = `http://127.0.0.1:${port}`;
  const log = join(dir, ".stood-in");
  await writeFile(log, "");
  return {
    log,
    prelude: `source '${here("prelude.sh")}'`,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: dir,
      DOCS_CLI: here("cli.mjs"),
      DOCS_ROOT: root,
      DOCS_TSX: pathToFileURL(join(root, "node_modules/tsx/dist/esm/index.mjs")).href,
      DOCS_LOG: log,
      DOCS_NIGHTLY: nightly ? "1" : "",
      DOCS_PORT: String(port),
      SERVER: server,
      PLIMSOLL_CACHE_DIR: join(dir, ".cache"),
      LOG_LEVEL: "warn",
      S3_ENDPOINT_URL: s3.endpoint,
      S3_REGION: "us-east-1",
      S3_ACCESS_KEY: s3.accessKey,
      S3_SECRET_KEY: s3.secretKey,
      GITHUB_TOKEN: github.token,
      HF_ENDPOINT: hub.endpoint,
      HF_TOKEN: hub.token,
      GIT_CONFIG_COUNT: "2",
      GIT_CONFIG_KEY_0: "user.name",
      GIT_CONFIG_VALUE_0: "A Reader",
      GIT_CONFIG_KEY_1: "user.email",
      GIT_CONFIG_VALUE_1: "reader@example.com",
    },
    replace: [
      [/S3_ACCESS_KEY=[^\s"$]+/g, `S3_ACCESS_KEY=${s3.accessKey}`],
      [/S3_SECRET_KEY=[^\s"$]+/g, `S3_SECRET_KEY=${s3.secretKey}`],
      [/GITHUB_TOKEN=[^\s"$]+/g, `GITHUB_TOKEN=${github.token}`],
      [/HF_TOKEN=[^\s"$]+/g, `HF_TOKEN=${hub.token}`],
      ["GOOGLE_APPLICATION_CREDENTIALS=key.json", "NO_CREDENTIALS=1"],
      [/endpoint=https?:\/\/[\w.:-]+/g, `endpoint=${s3.endpoint}`],
      [/github:\/\/[\w-]+\/[\w-]+/g, github.store],
      [/gs:\/\/[\w/-]+/g, `$&?endpoint=${gcs.endpoint}`],
      ["https://models.example.com", site],
      [/(?<![\w.:/-])(?:https?:\/\/)?(?:localhost|127\.0\.0\.1):8000/g, server],
      [/https:\/\/(?:[\w-]+\.onrender\.com|[\w.-]+\.railway\.app|my-server\.net)/g, server],
    ],
    [Symbol.asyncDispose]: async () => {
      web.closeAllConnections();
      web.close();
      await Promise.all([s3.close(), github.close(), hub.close(), gcs.close()]);
    },
  };
}
