// Runs a command against a real S3 server: `node tools/s3/with-radosgw.mjs [-- command…]`.
// Without a command it runs the real-server suites. PLIMSOLL_TEST_S3 is the endpoint; S3_ACCESS_KEY, S3_SECRET_KEY and
// the AWS_* names carry the owner's keys. Where ceph is not installed it says "skipped" and exits 0, in CI 1.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { missingPrograms, startRadosgw } from "./radosgw.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const realSuites = [
  process.execPath,
  "--experimental-vm-modules",
  "--no-warnings",
  "node_modules/jest/bin/jest.js",
  "--testPathPatterns",
  String.raw`s3\.real\.test\.ts$`,
  // One server and one machine: suites side by side only slow each other.
  "--runInBand",
];

const argv = process.argv.slice(2);
const command = argv[0] === "--" ? argv.slice(1) : argv;

const missing = await missingPrograms();
if (missing.length > 0) {
  console.error(`skipped: no radosgw (${missing.join(", ")} not installed)`);
  console.error("apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-common");
  process.exit(process.env.CI ? 1 : 0);
}

let child;
let interrupted;
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    interrupted = signal;
    child?.kill(signal);
  });

const server = await startRadosgw({ log: (line) => console.error(line) });
try {
  process.exitCode = interrupted ? 130 : await runCommand(server);
} finally {
  await server.stop();
}

function runCommand({ endpoint, owner, stranger }) {
  const [program, ...args] = command.length > 0 ? command : realSuites;
  const env = {
    ...process.env,
    PLIMSOLL_TEST_S3: endpoint,
    PLIMSOLL_TEST_S3_STRANGER: `${stranger.accessKey}:${stranger.secretKey}`,
    S3_ACCESS_KEY: owner.accessKey,
    S3_SECRET_KEY: owner.secretKey,
    AWS_ACCESS_KEY_ID: owner.accessKey,
    AWS_SECRET_ACCESS_KEY: owner.secretKey,
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
  };
  const cwd = command.length > 0 ? process.cwd() : root;
  child = spawn(program, args, { stdio: "inherit", env, cwd });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal ? 130 : 1)));
  });
}
