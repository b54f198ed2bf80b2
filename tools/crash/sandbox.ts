import { spawnSync } from "node:child_process";
import { createCipheriv, createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openCache } from "@plimsoll/cache";
import { faultyServer, type FaultyServer } from "@plimsoll/testing";
import { publishWeights, syncWeights } from "@plimsoll/weights";

/** Folders of a small sync from one version to the next, put back as they were before every run. */
export interface Sandbox {
  /** Everything below it is ours. */
  readonly root: string;
  /** Program and arguments of the sync from v1 to v2. */
  readonly command: readonly string[];
  /** Puts app and cache back to v1. */
  reset(): Promise<void>;
  /** Throws where a reader would see anything but the old or the whole new files. */
  expectReadable(): Promise<void>;
  /** Syncs again, in this process, and throws unless v2 is there and nothing is left over. */
  expectFinish(): Promise<void>;
  remove(): Promise<void>;
}

const MIB = 1_048_576;
const names = ["cnn.onnx", "head.onnx", "labels.json"] as const;

function noise(length: number, seed: number): Buffer {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, seed), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length));
}

function versions(): readonly Readonly<Record<(typeof names)[number], Buffer>>[] {
  // As small as has all there is: chunks that stay and chunks that change, and a file without a chunk to share.
  const first = noise(3 * MIB, 1);
  const second = Buffer.from(first);
  noise(MIB / 2, 2).copy(second, MIB);
  return [
    { "cnn.onnx": first, "head.onnx": noise(MIB / 2, 3), "labels.json": Buffer.from('["bird"]') },
    { "cnn.onnx": second, "head.onnx": noise(MIB / 2, 4), "labels.json": Buffer.from('["drone"]') },
  ];
}

/** Bundles the child, so that it starts fast and reads no sources. */
function bundle(to: string): void {
  const workspace = fileURLToPath(new URL("../..", import.meta.url));
  const vendors = ["@aws-sdk", "@google-cloud", "@octokit", "@huggingface", "@sigstore"];
  const { status, stderr } = spawnSync(
    join(workspace, "node_modules/.bin/esbuild"),
    [
      join(workspace, "tools/crash/sync-child.ts"),
      "--bundle",
      "--platform=node",
      "--format=esm",
      "--conditions=@plimsoll/source",
      "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      "--log-level=error",
      ...vendors.map((vendor) => `--external:${vendor}/*`),
      "--splitting",
      "--out-extension:.js=.mjs",
      `--outdir=${to}`,
    ],
    { cwd: workspace, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`the child could not be bundled: ${stderr}`);
}

/** Serves what was published as a plain web server does. */
async function serve(folder: string): Promise<FaultyServer> {
  const files: Record<string, Buffer> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[`/${relative(folder, path)}`] = await readFile(path);
  }
  return await faultyServer({ files });
}

/** Publishes two versions and syncs the first, from the folder they are in or from a web server. */
export async function openSandbox(source: "file" | "http"): Promise<Sandbox> {
  const base = await mkdtemp(join(tmpdir(), "plimsoll-crash-"));
  const store = pathToFileURL(join(base, "store")).href;
  const root = join(base, "live");
  const kept = join(base, "kept");
  const contents = versions();
  for (const [index, files] of contents.entries()) {
    const folder = join(base, `train-${index}`);
    await mkdir(folder);
    for (const name of names) await writeFile(join(folder, name), files[name]);
    await publishWeights({
      from: [folder],
      to: [store],
      release: `v${index + 1}.0.0`,
      model: "m",
      cache: false,
    });
  }
  const server = source === "http" ? await serve(join(base, "store")) : undefined;
  const from = server?.origin ?? store;
  const app = join(root, "app");
  const cacheDir = join(root, "cache");
  const sync = async (release: string): Promise<void> => {
    const cache = await openCache({ dir: cacheDir, env: {} });
    await syncWeights({ from, dir: app, cache, model: "m", release });
  };
  await sync("v1.0.0");
  await cp(root, kept, { recursive: true, preserveTimestamps: true });
  const oldManifest = await readFile(join(app, "manifest.json"));
  await sync("v2.0.0");
  const newManifest = await readFile(join(app, "manifest.json"));
  bundle(join(base, "child"));
  const child = join(base, "child", "sync-child.mjs");

  const reset = async (): Promise<void> => {
    await rm(root, { recursive: true, force: true });
    await cp(kept, root, { recursive: true, preserveTimestamps: true });
  };
  const expectReadable = async (): Promise<void> => {
    for (const name of names) {
      const bytes = await readFile(join(app, name));
      if (!contents.some((files) => files[name].equals(bytes))) {
        throw new Error(`${name} is neither the old file nor the new one`);
      }
    }
    const manifest = await readFile(join(app, "manifest.json"));
    if (!oldManifest.equals(manifest) && !newManifest.equals(manifest)) {
      throw new Error("manifest.json is neither the old one nor the new one");
    }
    await expectBlobs(cacheDir);
  };
  const expectFinish = async (): Promise<void> => {
    await sync("v2.0.0");
    for (const name of names) {
      const bytes = await readFile(join(app, name));
      if (contents[1]?.[name].equals(bytes) !== true)
        throw new Error(`${name} is not the new file`);
    }
    if (!newManifest.equals(await readFile(join(app, "manifest.json")))) {
      throw new Error("manifest.json is not the new one");
    }
    await expectBlobs(cacheDir);
    const left = (await readdir(app)).filter((name) => name.startsWith("."));
    for (const folder of ["partial", "tmp", "locks"]) {
      left.push(...(await readdir(join(cacheDir, "v1", folder))));
    }
    if (left.length > 0) throw new Error(`left over: ${left.join(", ")}`);
  };
  return {
    root,
    command: [process.execPath, child, from, app, cacheDir],
    reset,
    expectReadable,
    expectFinish,
    async remove() {
      await server?.close();
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** Whatever has a blob's name holds its bytes. */
async function expectBlobs(cacheDir: string): Promise<void> {
  const blobs = join(cacheDir, "v1", "sha256");
  for (const prefix of await readdir(blobs)) {
    for (const name of await readdir(join(blobs, prefix))) {
      const bytes = await readFile(join(blobs, prefix, name));
      const digest = createHash("sha256").update(bytes).digest("hex");
      if (digest !== prefix + name) throw new Error(`the blob ${prefix}${name} holds ${digest}`);
    }
  }
}
