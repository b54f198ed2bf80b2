import { mkdir, rm, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Command } from "../measure.ts";
import type { Contestant, Scenario } from "../report.ts";
import type { DataFile } from "../data.ts";

/** What `client.mjs` is told. */
interface ClientJob {
  /** PEM file of the authority to trust. */
  readonly ca: string;
  readonly files: readonly (DataFile & { readonly url: string; readonly to: string })[];
  /** Ends the process as kill -9 does once this share of the bytes is here. */
  readonly killAt?: number;
}

/** Where a run finds things. */
export interface Bench {
  /** For what is fetched and for lists. */
  readonly dir: string;
  /** PEM of the servers' authority. */
  readonly ca: string;
  /** `client.mjs`. */
  readonly client: string;
  /** `hub-client.mjs`. */
  readonly hubClient: string;
  /** What is served. */
  readonly data: string;
}

/** 1 GB over HTTPS, verified. */
export function oneScenario(bench: Bench, origin: string, file: DataFile): Scenario {
  const url = `${origin}/${file.name}`;
  const { ca } = bench;
  const checksum = `--checksum=sha-256=${file.sha256}`;
  return {
    name: "1 GB over HTTPS, verified",
    contestants: [
      ours(bench, origin, [file]),
      shell(bench, "curl | openssl dgst", `curl -sS --cacert ${ca} ${url} | openssl dgst -sha256`),
      shell(
        bench,
        "curl, then sha256sum",
        `curl -sS --cacert ${ca} -o one ${url} && sha256sum one`,
      ),
      peer(bench, "aria2c -x16, sha-256", "aria2c", [...aria(ca), "-x16", "-s16", checksum, url]),
      peer(bench, "rclone copyurl", "rclone", ["copyurl", ...rclone(ca), url, "one"]),
    ],
    targets: [{ against: ["curl | openssl dgst"], atMost: 1 }],
  };
}

/** A host that gives one connection little, as a CDN or an object store does; each client ends with a verified file. */
export function limitedScenario(
  bench: Bench,
  origin: string,
  file: DataFile,
  hub: string,
  bytesPerSecond: number,
): Scenario {
  const url = `${origin}/${file.name}`;
  const streams = `--multi-thread-streams 16 --multi-thread-cutoff 1M ${rclone(bench.ca).join(" ")}`;
  const copy = `rclone copyto :http:${file.name} here --http-url ${origin} ${streams}`;
  const checksum = `--checksum=sha-256=${file.sha256}`;
  const pieces = ["-x16", "-s16", "-k1M", checksum];
  return {
    name: "256 MB, 12 MB/s a connection, 16 allowed",
    idealSeconds: file.size / bytesPerSecond / 16,
    contestants: [
      ours(bench, origin, [file]),
      shell(bench, "axel -n16", `axel -q -n16 -o here ${url} && sha256sum here`),
      shell(bench, "rclone, 16 streams", `${copy} && sha256sum here`),
      peer(bench, "aria2c -x16 -s16", "aria2c", [...aria(bench.ca), ...pieces, url]),
      shell(bench, "@huggingface/hub", `${official(bench, hub)} && sha256sum */blobs/*`),
    ],
    targets: [
      { against: ["ideal"], atMost: 1.15 },
      { against: ["aria2c -x16 -s16"], atMost: 0.6 },
      { against: ["axel -n16", "rclone, 16 streams"], atMost: 1 },
      { against: ["@huggingface/hub"], atMost: 0.1 },
    ],
  };
}

/** Many small files. */
export function manyScenario(
  bench: Bench,
  origin: string,
  files: readonly DataFile[],
  hub: string,
): Scenario {
  const url = (name: string): string => `${origin}/${name}`;
  const base = (name: string): string => name.slice(name.lastIndexOf("/") + 1);
  const curlList = files.map(({ name }) => `url = ${url(name)}\noutput = ${base(name)}\n`).join("");
  const ariaList = files.map(({ name }) => `${url(name)}\n out=${base(name)}\n`).join("");
  const copy = ["copy", ":http:many", ".", "--http-url", origin, "--transfers", "16"];
  return {
    name: "200 files of 1 MB over HTTPS",
    contestants: [
      ours(bench, origin, files),
      peer(bench, "rclone copy, 16 at once", "rclone", [
        ...copy,
        "--checkers",
        "16",
        ...rclone(bench.ca),
      ]),
      peer(
        bench,
        "curl -Z, 16 at once",
        "curl",
        ["-sS", "-Z", "--parallel-max", "16", "--cacert", bench.ca, "-K", "list"],
        curlList,
      ),
      peer(bench, "aria2c -j16", "aria2c", [...aria(bench.ca), "-j16", "-i", "list"], ariaList),
      shell(bench, "@huggingface/hub", official(bench, hub)),
    ],
    targets: [{ against: ["rclone copy, 16 at once", "curl -Z, 16 at once"], atMost: 1 }],
  };
}

/** Going on after kill -9 in the middle. */
export function resumeScenario(bench: Bench, origin: string, file: DataFile): Scenario {
  const full = ours(bench, origin, [file]);
  const prepare = async (): Promise<Command> => {
    const { args, ...command } = await full.prepare();
    const job = JSON.parse(args.at(-1) ?? "{}") as ClientJob;
    const killed = [...args.slice(0, -1), JSON.stringify({ ...job, killAt: 0.5 })];
    spawnSync(command.file, killed);
    return { ...command, args };
  };
  return {
    name: "1 GB, resumed after kill -9 at 50 %",
    contestants: [
      { name: "plimsoll, resumed", prepare },
      { ...full, name: "plimsoll, all of it" },
    ],
    targets: [{ against: ["plimsoll, all of it"], atMost: 0.6 }],
  };
}

function ours(bench: Bench, origin: string, files: readonly DataFile[]): Contestant {
  return {
    name: "plimsoll",
    async prepare() {
      const out = await emptied(bench);
      const list = files.map(({ name, size, sha256 }) => ({
        name,
        size,
        sha256,
        url: `${origin}/${name}`,
        to: join(out, name),
      }));
      const job: ClientJob = { ca: bench.ca, files: list };
      return { file: process.execPath, args: [bench.client, JSON.stringify(job)] };
    },
  };
}

function peer(
  bench: Bench,
  name: string,
  program: string,
  args: readonly string[],
  list?: string,
): Contestant {
  return {
    name,
    async prepare() {
      const out = await emptied(bench);
      if (list !== undefined) await writeFile(join(out, "list"), list);
      return {
        file: "sh",
        args: ["-c", 'cd "$1" && shift && exec "$@"', "sh", out, program, ...args],
      };
    },
  };
}

function shell(bench: Bench, name: string, script: string): Contestant {
  return {
    name,
    async prepare() {
      const out = await emptied(bench);
      return { file: "sh", args: ["-c", `cd "$1" && ${script}`, "sh", out] };
    },
  };
}

async function emptied(bench: Bench): Promise<string> {
  const out = join(bench.dir, "out");
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  return out;
}

/** The official client of the Hugging Face Hub, which knows no more than a folder of its own to put a model into. */
const official = ({ ca, hubClient }: Bench, hub: string): string =>
  `NODE_EXTRA_CA_CERTS=${ca} ${process.execPath} ${hubClient} ${hub} .`;
const aria = (ca: string): string[] => [
  "-q",
  "--file-allocation=none",
  `--ca-certificate=${ca}`,
  "--no-conf",
];
const rclone = (ca: string): string[] => ["--config", "/dev/null", "--ca-cert", ca, "-q"];
