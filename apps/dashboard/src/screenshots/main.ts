/**
 * Pictures of every page, light, dark and 360 pixels wide, in `out/screenshots`. Words on the command line choose scenes
 * whose names contain one of them: `npm run screenshots -- model try`.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { contractServer } from "../testing/contract-server.ts";
import { contractState } from "../testing/contract-state.ts";
import { findChromium, openBrowser } from "../testing/open-browser.ts";
import { unlock } from "../testing/unlock.ts";
import { webFolder } from "../testing/web-folder.ts";
import { scenes } from "./scenes.ts";

const looks = [
  { name: "light", colorScheme: "light", width: 1280, height: 800 },
  { name: "dark", colorScheme: "dark", width: 1280, height: 800 },
  { name: "360", colorScheme: "light", width: 360, height: 740 },
] as const;

const out = fileURLToPath(new URL("../../out/screenshots", import.meta.url));
const words = process.argv.slice(2);
const chosen = scenes.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
const executable = await findChromium();
if (!executable) throw new Error("no Chromium here: set PLIMSOLL_CHROMIUM to one");
const web = webFolder();
const browser = await openBrowser(executable, "not allowed");
try {
  for (const { name } of looks) await mkdir(join(out, name), { recursive: true });
  for (const scene of chosen) {
    const state = (scene.state ?? contractState)(Date.now());
    const server = await contractServer({ web, state });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.on("pageerror", (error) => console.error(`${scene.name}: ${error.message}`));
    try {
      await page.goto(`${server.url}/${scene.hash}`);
      if (!scene.locked) await unlock(page);
      await page.waitForTimeout(250);
      await scene.prepare?.(page);
      for (const { name: look, colorScheme, width, height } of looks) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(100);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) console.error(`${scene.name} (${look}): ${wide} pixels too wide`);
        const dialogs = await page.locator("dialog[open]").count();
        const fullPage = dialogs === 0 && scene.name !== "models-200";
        await page.screenshot({ path: join(out, look, `${scene.name}.png`), fullPage });
      }
    } catch (error) {
      console.error(`${scene.name}: ${String(error)}`);
      process.exitCode = 1;
    }
    await context.close();
    await server.close();
  }
  console.log(`${chosen.length * looks.length} pictures in ${out}`);
} finally {
  await browser.close();
}
