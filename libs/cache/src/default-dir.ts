import { homedir } from "node:os";
import { isAbsolute, posix, resolve, win32 } from "node:path";

/**
 * Where weight files are cached on this platform: `PLIMSOLL_CACHE_DIR`, else `plimsoll` in the user's cache folder.
 * That is `$XDG_CACHE_HOME` or `~/.cache` (a relative `XDG_CACHE_HOME` is ignored, as the XDG base directory
 * specification demands), `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows. An empty variable counts as unset.
 */
export function defaultCacheDir(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string {
  if (env["PLIMSOLL_CACHE_DIR"]) return resolve(env["PLIMSOLL_CACHE_DIR"]);
  if (platform === "win32") {
    const local =
      env["LOCALAPPDATA"] || win32.join(env["USERPROFILE"] || homedir(), "AppData", "Local");
    return win32.join(local, "plimsoll");
  }
  const home = env["HOME"] || homedir();
  if (platform === "darwin") return posix.join(home, "Library", "Caches", "plimsoll");
  const xdg = env["XDG_CACHE_HOME"];
  return posix.join(xdg && isAbsolute(xdg) ? xdg : posix.join(home, ".cache"), "plimsoll");
}
