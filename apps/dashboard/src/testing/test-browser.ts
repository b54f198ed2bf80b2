import type { Browser } from "playwright-core";
import { findChromium, type MadeUpMedia, openBrowser } from "./open-browser.ts";

const executable = await findChromium();

/** Whether this machine has a Chromium; without one the browser tests say so and are skipped. */
export const hasBrowser = executable !== null;

/** Starts it. */
export async function testBrowser(media?: MadeUpMedia): Promise<Browser> {
  if (executable === null) throw new Error("no Chromium: set PLIMSOLL_CHROMIUM to one");
  return openBrowser(executable, media);
}
