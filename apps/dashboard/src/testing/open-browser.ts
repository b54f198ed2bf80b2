import type { Browser } from "playwright-core";
import { existsSync } from "node:fs";

/**
 * The Chromium of this machine: `PLIMSOLL_CHROMIUM`, the system's, else the one in the npm package; null without any.
 * `PLIMSOLL_CHROMIUM=npm` takes that of the package although there is another.
 */
export async function findChromium(env = process.env): Promise<string | null> {
  const named = env["PLIMSOLL_CHROMIUM"];
  if (named && named !== "npm") return named;
  const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const found = named ? undefined : usual.find((path) => existsSync(path));
  if (found) return found;
  try {
    const { default: packed } = await import("@sparticuz/chromium");
    return await packed.executablePath();
  } catch {
    // It is made for Linux on x64: elsewhere there is none.
    return null;
  }
}

/** What the browser has: a camera and a microphone that are made up, allowed without a question or not. */
export type MadeUpMedia = "none" | "allowed" | "not allowed";

/** Starts Chromium without a window. */
export async function openBrowser(
  executablePath: string,
  media: MadeUpMedia = "none",
): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--mute-audio",
      ...(media === "none" ? [] : ["--use-fake-device-for-media-stream"]),
      ...(media === "allowed" ? ["--use-fake-ui-for-media-stream"] : []),
    ],
  });
}
