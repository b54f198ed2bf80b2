/**
 * Makes the folder that a container image is made of, without Docker:
 * `node tools/deploy-files/image-root.mjs --packages <folder of .tgz> --app server|trainer --out <folder> [--stores s3,gcs]`.
 * It installs the packed app with what it needs at run time, then removes what this platform never loads. Prints sizes.
 */
import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { folderSize, prune } from "./prune.mjs";

/** What a store's driver needs beside `@plimsoll/storage`; a folder and a web server need nothing. */
const sdks = {
  s3: ["@aws-sdk/client-s3", "@aws-sdk/s3-request-presigner"],
  gcs: ["@google-cloud/storage"],
  github: ["@octokit/rest"],
  huggingface: ["@huggingface/hub"],
};
/** Optional peers of the app itself. */
const queue = { server: ["ioredis", "bullmq"], trainer: ["ioredis", "bullmq"] };

const { values } = parseArgs({
  options: {
    packages: { type: "string" },
    app: { type: "string" },
    out: { type: "string" },
    stores: { type: "string", default: "s3" },
  },
});
if (!values.packages || !values.out || !(values.app in queue)) {
  throw new Error(
    "usage: image-root.mjs --packages <folder> --app server|trainer --out <folder> [--stores s3,gcs]",
  );
}
const packages = resolve(values.packages);
const out = resolve(values.out);
const stores = values.stores.split(",").filter(Boolean);
const unknown = stores.find((store) => !(store in sdks));
if (unknown !== undefined) throw new Error(`--stores: ${unknown} is none of ${Object.keys(sdks)}`);

const readJson = async (path) => JSON.parse(await readFile(path, "utf8"));
const isPackage = (entry) =>
  entry.isDirectory() && (entry.name === "plimsoll" || entry.name.startsWith("plimsoll-"));
const folders = (await readdir(packages, { withFileTypes: true })).filter(isPackage);
const own = new Map();
for (const { name } of folders) {
  const json = await readJson(join(packages, name, "package.json"));
  own.set(json.name, { json, tarball: `file:${join(packages, name)}-${json.version}.tgz` });
}

/** The app's own packages, each by its tarball: the registry need not have them yet. */
function ownNeeds(name, found = new Set()) {
  if (found.has(name)) return found;
  const entry = own.get(name);
  if (entry === undefined) throw new Error(`${name}: not in ${values.packages}`);
  found.add(name);
  for (const each of Object.keys(entry.json.dependencies ?? {})) {
    if (own.has(each)) ownNeeds(each, found);
  }
  return found;
}

const app = `@plimsoll/${values.app}`;
const needed = [...ownNeeds(app)];
const versions = Object.assign({}, ...needed.map((name) => own.get(name).json.peerDependencies));
const extra = [...queue[values.app], ...stores.flatMap((store) => sdks[store])];
const dependencies = Object.fromEntries([
  ...needed.map((name) => [name, own.get(name).tarball]),
  ...extra.filter((name) => name in versions).map((name) => [name, versions[name]]),
]);

await rm(join(out, "node_modules"), { recursive: true, force: true });
await mkdir(out, { recursive: true });
const root = { name: `${values.app}-image`, private: true, type: "module", dependencies };
await writeFile(join(out, "package.json"), JSON.stringify(root, undefined, 2));
const flags = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
execFileSync("npm", ["install", "--silent", "--no-package-lock", ...flags], {
  cwd: out,
  stdio: ["ignore", "ignore", "inherit"],
  env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" },
});
// The tarballs are not in the image: their paths would say nothing there.
root.dependencies = Object.fromEntries(
  Object.entries(dependencies).map(([name, wanted]) => [
    name,
    own.has(name) ? own.get(name).json.version : wanted,
  ]),
);
await writeFile(join(out, "package.json"), `${JSON.stringify(root, undefined, 2)}\n`);

const installed = await folderSize(out);
await prune(join(out, "node_modules"), { platform: process.platform, arch: process.arch });
const kept = await folderSize(out);
const megabytes = (bytes) => `${(bytes / 1024 ** 2).toFixed(1)} MB`;
const code = await folderSize(join(out, "node_modules", "@plimsoll"));
process.stdout.write(
  `${app} for ${process.platform}-${process.arch}: ${megabytes(kept)} (installed ${megabytes(installed)}), own code ${megabytes(code)}\n`,
);
