import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../error.ts";

/** Where the demo keeps what. Paths as the command line was given them. */
export interface DemoFolder {
  readonly dir: string;
  /** What a training left: the weights to publish. */
  readonly trained: string;
  readonly store: string;
  /** The app's folder of weights. */
  readonly weights: string;
  readonly cache: string;
}

/** Lies in every folder that the demo made, so that it never empties another. */
const marker = ".plimsoll-demo";

/**
 * An empty folder for a run. What an earlier run left is removed; a folder with anything else in it is refused.
 *
 * @throws CliError `E_USAGE` for a folder that holds other files.
 */
export async function freshDemoFolder(dir: string): Promise<DemoFolder> {
  await mkdir(dir, { recursive: true });
  const found = await readdir(dir);
  if (found.length > 0 && !found.includes(marker)) {
    throw new CliError(
      "E_USAGE",
      `${dir}: holds ${found.slice(0, 3).join(", ")} and was not made by the demo: name another folder with --dir`,
    );
  }
  for (const name of found) await rm(join(dir, name), { recursive: true, force: true });
  await writeFile(join(dir, marker), "Made by plimsoll demo: emptied at its next run.\n");
  const folder = {
    dir,
    trained: join(dir, "trained"),
    store: join(dir, "store"),
    weights: join(dir, "app", "weights"),
    cache: join(dir, "cache"),
  };
  for (const each of [folder.trained, folder.store, folder.weights]) {
    await mkdir(each, { recursive: true });
  }
  return folder;
}
