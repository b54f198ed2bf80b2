import { execFileSync, spawnSync } from "node:child_process";
import { link, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataFile } from "../data.ts";
import { runScenario, writeReport, type Contestant } from "../report.ts";

const bytes = 1_000_000_000;
/** What a publish may take, MB of 10^6 bytes. */
const memoryLimit = 200;
const bucket = "bench";

/** `npm run bench -- publish`: 1 GB to a real S3 server (radosgw), hashed and read back, against other programs. */
export async function benchPublish(options: {
  readonly rounds: number;
  readonly only: string;
}): Promise<void> {
  const workspace = fileURLToPath(new URL("../../..", import.meta.url));
  const endpoint = process.env["PLIMSOLL_TEST_S3"];
  if (endpoint === undefined) {
    // Once more, with a server of its own.
    const withServer = join(workspace, "tools/s3/with-radosgw.mjs");
    const again = [...process.execArgv, ...process.argv.slice(1)];
    const args = [withServer, "--", process.execPath, ...again];
    const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
    process.exitCode = status ?? 1;
    return;
  }
  // The built code is measured: that is what runs.
  execFileSync(process.execPath, ["tools/build.mjs", "apps/cli"], {
    cwd: workspace,
    stdio: "inherit",
  });
  const cli = join(workspace, "apps/cli/bin/plimsoll.js");
  const data = join(tmpdir(), "plimsoll-bench-data");
  const dir = await mkdtemp(join(tmpdir(), "plimsoll-bench-"));
  const { name } = await dataFile(data, "one", bytes);
  await mkdir(join(dir, "weights"));
  await link(join(data, name), join(dir, "weights/one.npz"));
  try {
    // The keys are in the environment.
    const env = {
      PLIMSOLL_CACHE_DIR: join(dir, "cache"),
      RCLONE_CONFIG: join(dir, "rclone.conf"),
      RCLONE_S3_PROVIDER: "Ceph",
      RCLONE_S3_ENDPOINT: endpoint,
      RCLONE_S3_ENV_AUTH: "true",
    };
    const store = `s3://${bucket}?endpoint=${endpoint}&pathStyle=1`;
    const setUp = [cli, "bucket", "setup", store, "--abort-incomplete", "7d", "--yes"];
    execFileSync(process.execPath, setUp, { env: { ...process.env, ...env } });
    let round = 0;
    /** What the round before left is removed, and nothing is remembered of the file. */
    const fresh = async (): Promise<string> => {
      round += 1;
      for (const folder of ["cache", "out.json"]) {
        await rm(join(dir, folder), { recursive: true, force: true });
      }
      const url = ["s3", "rm", `s3://${bucket}`, "--recursive", "--endpoint-url", endpoint];
      execFileSync("aws", url, { env: { ...process.env, ...env }, stdio: "ignore" });
      return `v1.0.${round}`;
    };
    const from = join(dir, "weights/one.npz");
    const contestants: readonly Contestant[] = [
      {
        name: "plimsoll publish",
        prepare: async () => {
          const release = await fresh();
          const flags = ["--model", "bench", "--release", release, "--no-manifest"];
          return {
            file: process.execPath,
            args: [cli, "publish", join(dir, "weights"), "--to", store, ...flags],
            env,
          };
        },
      },
      {
        name: "aws s3 cp",
        prepare: async () => {
          const to = `s3://${bucket}/aws/${await fresh()}`;
          return { file: "aws", args: ["s3", "cp", from, to, "--endpoint-url", endpoint], env };
        },
      },
      {
        name: "sha256sum, then aws s3 cp",
        prepare: async () => {
          const to = `s3://${bucket}/sum/${await fresh()}`;
          const line = `sha256sum ${from} && aws s3 cp ${from} ${to} --endpoint-url ${endpoint}`;
          return { file: "sh", args: ["-c", line], env };
        },
      },
      {
        name: "rclone copyto",
        prepare: async () => {
          const to = `:s3:${bucket}/rclone/${await fresh()}`;
          // Its transport refuses a bundle of certificates that the environment names; there is no TLS here.
          const plain = { ...env, AWS_CA_BUNDLE: "" };
          return { file: "rclone", args: ["copyto", from, to], env: plain };
        },
      },
    ];
    const result = await runScenario(
      {
        name: "1 GB to S3 (radosgw)",
        contestants: contestants.filter(
          ({ name: who }, index) => index === 0 || who.includes(options.only),
        ),
        targets: [{ against: ["aws s3 cp"], atMost: 1 }],
      },
      options.rounds,
    );
    const memory = result.lines[0]?.memoryMb ?? Infinity;
    const verdict = memory < memoryLimit ? "reached" : "missed";
    console.log(`  ${memory.toFixed(0)} MB, below ${memoryLimit}: ${verdict}`);
    console.log(`\nwritten to ${await writeReport("publish", [result])}`);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
