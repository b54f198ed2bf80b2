import { execFile, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { cephConf } from "./ceph-conf.mjs";

const run = promisify(execFile);
const programs = ["monmaptool", "ceph", "ceph-mon", "ceph-osd", "radosgw", "radosgw-admin"];

/** Names of the programs that are missing; empty when a radosgw can be started. */
export async function missingPrograms() {
  const found = await Promise.all(
    programs.map((name) =>
      run("sh", ["-c", `command -v ${name}`]).then(
        () => true,
        () => false,
      ),
    ),
  );
  return programs.filter((_, i) => !found[i]);
}

/**
 * Starts one monitor, one in-memory OSD and one radosgw, all on loopback and in a temporary folder.
 *
 * `memoryBytes` bounds what the store may hold. Gives the endpoint, two users' keys and `stop()`, which ends exactly
 * the processes started here and removes the folder. Throws with the end of the daemon's log when one does not come up.
 */
export async function startRadosgw({ memoryBytes = 6 * 2 ** 30, log = () => {} } = {}) {
  const home = await mkdtemp(join(tmpdir(), "plimsoll-radosgw-"));
  const daemons = [];
  const stop = async () => {
    for (const daemon of daemons.reverse()) await end(daemon);
    await rm(home, { recursive: true, force: true });
  };
  try {
    return { ...(await boot(home, daemons, memoryBytes, log)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function boot(home, daemons, memoryBytes, log) {
  const [monPort, port] = await freePorts(2);
  const fsid = randomUUID();
  const conf = join(home, "ceph.conf");
  for (const folder of ["mon", "osd", "run", "log"]) await mkdir(join(home, folder));
  await writeFile(join(home, "keyring"), "");
  await writeFile(conf, cephConf({ home, fsid, monPort, port, memoryBytes }));

  const monmap = join(home, "monmap");
  const address = `[v1:127.0.0.1:${monPort}]`;
  await run("monmaptool", ["--create", "--fsid", fsid, "--addv", "a", address, monmap]);
  await run("ceph-mon", ["-c", conf, "--mkfs", "-i", "a", "--monmap", monmap]);
  await start("ceph-mon", ["-c", conf, "-i", "a"], home, daemons);
  const ceph = (...args) => run("ceph", ["-c", conf, "--connect-timeout", "3", ...args]);
  await until("the monitor", home, () => ceph("mon", "stat"));
  log("monitor up");

  const osd = randomUUID();
  await ceph("osd", "new", osd);
  await run("ceph-osd", ["-c", conf, "-i", "0", "--mkfs", "--osd-uuid", osd]);
  let daemon;
  await until("the OSD", home, async () => {
    // Without authentication the OSD may speak before it knows the monitor's map; it then exits ("wrong fsid").
    if (daemon === undefined || daemon.exitCode !== null)
      daemon = await start("ceph-osd", ["-c", conf, "-i", "0"], home, daemons);
    const { stdout } = await ceph("osd", "stat");
    if (!stdout.includes("1 up")) throw new Error(stdout.trim());
  });
  log("OSD up");

  const users = [];
  for (const uid of ["plimsoll", "stranger"]) users.push(await createUser(conf, uid));
  await start("radosgw", ["-c", conf, "-n", "client.rgw.a"], home, daemons);
  const endpoint = `http://127.0.0.1:${port}`;
  await until("radosgw", home, () => fetch(endpoint));
  log(`radosgw answers at ${endpoint}`);
  return { endpoint, owner: users[0], stranger: users[1], home };
}

async function createUser(conf, uid) {
  const accessKey = `${uid}${randomBytes(4).toString("hex")}`;
  const secretKey = randomBytes(20).toString("hex");
  const keys = ["--access-key", accessKey, "--secret-key", secretKey];
  const name = ["--uid", uid, "--display-name", uid];
  await run("radosgw-admin", [
    "-c",
    conf,
    "-n",
    "client.rgw.a",
    "user",
    "create",
    ...name,
    ...keys,
  ]);
  return { accessKey, secretKey };
}

async function start(program, args, home, daemons) {
  const out = openSync(join(home, "log", `${program}.out`), "a");
  const child = spawn(program, [...args, "-f"], { stdio: ["ignore", out, out] });
  closeSync(out);
  daemons.push(child);
  await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  return child;
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await gone;
  clearTimeout(late);
}

/** Tries again every 200 ms; after a minute fails with the last reason and what the daemons printed. */
async function until(what, home, attempt) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(await obituary(what, home, error));
      await sleep(200);
    }
  }
}

async function obituary(what, home, error) {
  const lines = [`${what} did not come up: ${error.message}`];
  for (const name of ["ceph-mon", "ceph-osd", "radosgw"]) {
    const text = await readFile(join(home, "log", `${name}.out`), "utf8").catch(() => "");
    if (text) lines.push(`${name}: ${text.trim().split("\n").slice(-5).join("\n  ")}`);
  }
  return lines.join("\n");
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise((resolve) => server.once("listening", () => resolve(server.address().port))),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
