import { mkdir, rm, stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CacheStatus } from "@plimsoll/cache";
import { toFailure } from "../failure.ts";
import type { Io } from "../io.ts";
import { bytesText, count } from "../text/quantity.ts";
import type { Finding } from "./finding.ts";

const check = "cache";
/** Less free space than this is worth a word: weights come in hundreds of megabytes. */
const lowBytes = 1024 ** 3;

async function checkWritable(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const probe = join(dir, `.doctor-${process.pid}`);
  await writeFile(probe, "", { flag: "wx" });
  await rm(probe, { force: true });
}

/** Whether the cache's folder can be used, is the user's own, and has room. */
export async function checkCache(
  status: () => Promise<CacheStatus>,
  env: Io["env"],
): Promise<readonly Finding[]> {
  let found: CacheStatus;
  try {
    found = await status();
    await checkWritable(found.dir);
  } catch (error) {
    const { code, message } = toFailure(error);
    const fix = "make the folder writable for this user, or set PLIMSOLL_CACHE_DIR to one that is";
    return [{ check, state: "broken", detail: message, fix, code }];
  }
  const { dir, blobs, bytes, partials, partialBytes } = found;
  const unfinished = partials
    ? `, ${count(partials, "unfinished download")} (${bytesText(partialBytes)})`
    : "";
  const findings: Finding[] = [
    {
      check,
      state: "ok",
      detail: `${dir}: ${count(blobs, "file")}, ${bytesText(bytes)}${unfinished}`,
    },
  ];
  const { mode } = await stat(dir);
  if (process.platform !== "win32" && (mode & 0o022) !== 0) {
    findings.push({
      check: "cache: permissions",
      state: env["NODE_ENV"] === "production" ? "broken" : "warning",
      detail: `${dir} can be written by other users, who could plant weights`,
      fix: `chmod go-w '${dir}'`,
      code: "E_AUTH",
    });
  }
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  const state = free < lowBytes ? "warning" : "ok";
  findings.push({
    check: "cache: space",
    state,
    detail: `${bytesText(free)} free`,
    ...(state === "ok" ? {} : { fix: "plimsoll cache clear frees what no process is bringing in" }),
  });
  return findings;
}
