import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { madeSound, pngFile } from "@plimsoll/testing";
import type { Browser, Page } from "playwright-core";
import { openPage, type WatchedPage } from "../testing/open-page.ts";
import { type RealServer, realServer, realStore } from "../testing/real-server.ts";
import { hasBrowser, testBrowser } from "../testing/test-browser.ts";
import { unlock } from "../testing/unlock.ts";
import { webFolder } from "../testing/web-folder.ts";

const suite = hasBrowser ? describe : describe.skip;
const token = "a-token-of-more-than-thirty-two-letters";

/** Learns in seconds, and never stops early: its curve is seen on its way. */
const sounds = {
  kind: "audio",
  classes: ["hiss", "tone"],
  head: "mlp",
  copies: 2,
  // So many that the curve is seen to move.
  epochs: 600,
  patience: 600,
  minSamples: 8,
};

const boxes = {
  red: { x: 32, y: 16, width: 96, height: 80 },
  blue: { x: 192, y: 48, width: 96, height: 96 },
} as const;

/** 320 × 160 pixels with a red and a blue rectangle on gray. */
function rectangles(): Buffer {
  const [width, height] = [320, 160];
  const rgb = new Uint8Array(width * height * 3).fill(128);
  for (const [channel, box] of [[0, boxes.red] as const, [2, boxes.blue] as const]) {
    for (let y = box.y; y < box.y + box.height; y += 1) {
      for (let x = box.x; x < box.x + box.width; x += 1) {
        rgb.set(channel === 0 ? [255, 0, 0] : [0, 0, 255], (y * width + x) * 3);
      }
    }
  }
  return Buffer.from(pngFile(width, height, rgb));
}

suite(hasBrowser ? "the whole story on the real server" : "skipped: no Chromium", () => {
  let browser: Browser;
  let dir: string;
  let store: string;
  let server: RealServer;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "plimsoll-dashboard-"));
    // The server gives the page from the place where the bundle is.
    webFolder();
    const config = { train: { models: { sounds } } };
    await writeFile(join(dir, "plimsoll.config.json"), JSON.stringify(config));
    store = await realStore(dir);
    server = await realServer({ cwd: dir, store, token });
    browser = await testBrowser("allowed");
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await server?.kill();
    await rm(dir, { recursive: true, force: true });
  }, 180_000);

  const open = async (hash: string): Promise<WatchedPage> => {
    const opened = await openPage(browser, `${server.url}/${hash}`);
    opened.page.setDefaultTimeout(60_000);
    return opened;
  };
  const answersWith = (page: Page, version: string): Promise<void> =>
    page.locator(".figures dd").first().getByText(version).waitFor();
  /** From the open dialog to its end; gives nothing away before it is asked. */
  const act = async (page: Page, foretold: string, verb: string): Promise<void> => {
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Show what will happen" }).click();
    await dialog
      .getByText(foretold)
      .waitFor()
      .catch(async (cause: unknown) => {
        const said = await dialog.innerText();
        throw new Error(`not "${foretold}" but: ${said}`, { cause });
      });
    await dialog.getByRole("button", { name: verb, exact: true }).click();
    await dialog.getByText("Done").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
  };

  test("what the store knows is shown before anything is loaded; a wrong token opens nothing", async () => {
    const { page, complaints, close } = await open("#/models");
    try {
      const row = page.getByRole("row", { name: /shapes/ });
      await row.getByText("object detection").waitFor();
      await row.getByText("remote").waitFor();
      await page.getByRole("link", { name: "shapes" }).click();
      await page.getByRole("img", { name: "Metrics over versions, oldest first" }).waitFor();
      expect(await page.getByRole("row", { name: /v1\.1\.0 production/ }).textContent()).toMatch(
        /\dKiB|\d KiB/,
      );
      await page.getByRole("tab", { name: "Model card" }).click();
      await page.getByRole("heading", { name: "shapes v1.1.0" }).waitFor();
      await page.getByRole("button", { name: "Unlock with the admin token" }).click();
      await page.getByRole("textbox", { name: "Admin token" }).fill("a-wrong-token");
      await page.keyboard.press("Enter");
      await page.getByText("Wrong token").waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  }, 180_000);

  test("boxes lie at the right pixels; promote, roll back, seen without a reload; a picture of the camera", async () => {
    const { page, complaints, close } = await open("#/try/shapes");
    const onlooker = await open("#/models/shapes");
    try {
      const picture = { name: "two.png", mimeType: "image/png", buffer: rectangles() };
      await page.locator('input[type="file"]').setInputFiles(picture);
      await page.getByText("answered by v1.1.0").waitFor();
      const image = await page.locator(".picture-frame img").boundingBox();
      if (!image) throw new Error("no picture");
      const scale = image.width / 320;
      for (const [name, box] of Object.entries(boxes)) {
        const drawn = await page.locator(`.box[data-class="${name}"]`).boundingBox();
        for (const side of ["x", "y", "width", "height"] as const) {
          const from = side === "x" || side === "y" ? image[side] : 0;
          const seen = ((drawn?.[side] ?? NaN) - from) / scale;
          expect(Math.abs(seen - box[side])).toBeLessThan(3);
        }
      }
      await page.getByLabel("Compare with").selectOption("v1.2.0");
      await page.getByText("answered by v1.2.0").waitFor();
      await page.getByLabel("Compare with").selectOption("nothing");
      await page.getByRole("button", { name: "Camera" }).click();
      await page.getByRole("button", { name: "Take picture" }).click();
      await page.getByRole("img", { name: "camera.png" }).waitFor();
      await page.getByText("answered by v1.1.0").waitFor();
      await answersWith(onlooker.page, "v1.1.0");

      await unlock(page, token);
      await page.getByRole("link", { name: "Models" }).click();
      await page.getByRole("link", { name: "shapes" }).click();
      await page.getByRole("button", { name: "Promote…" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Version").selectOption("v1.2.0");
      await dialog.getByLabel("Gates (optional)").fill("map50>=0.999");
      await dialog.getByRole("button", { name: "Show what will happen" }).click();
      await dialog.getByRole("alert").waitFor();
      await dialog.getByRole("button", { name: "Back" }).click();
      await dialog.getByLabel("Gates (optional)").fill("map50>=0.9");
      await act(page, "production moves from v1.1.0 to v1.2.0.", "Promote to production");
      await answersWith(onlooker.page, "v1.2.0");
      await page.getByRole("button", { name: "Roll back…" }).click();
      await act(page, "production goes back from v1.2.0 to v1.1.0.", "Roll production back");
      await answersWith(onlooker.page, "v1.1.0");
      expect([...complaints, ...onlooker.complaints]).toEqual([]);
    } finally {
      await onlooker.close();
      await close();
    }
  }, 180_000);

  test("samples go up, a retraining's curve moves over its stream, its version is promoted and hears the microphone", async () => {
    const { page, complaints, close } = await open("#/training/sounds");
    const onlooker = await open("#/models/sounds");
    try {
      await unlock(page, token);
      for (const name of ["hiss", "tone"] as const) {
        await page.getByRole("combobox", { name: /^Class/ }).fill(name);
        const files = Array.from({ length: 8 }, (_, index) => ({
          name: `${name}-${index}.wav`,
          mimeType: "audio/wav",
          // The last one is the first again.
          buffer: Buffer.from(madeSound(name, index % 7, { seconds: 0.3 })),
        }));
        await page.locator('input[type="file"]').setInputFiles(files);
      }
      await page.getByText("All done · 14 stored · 2 duplicates").waitFor();
      await page.getByText("tone-7.wav: these bytes were in this class already").waitFor();
      await page.getByText("14 samples, 14 since the last training").waitFor();

      // The record is read once: what moves after that, the stream has moved.
      let reads = 0;
      await page.route("**/training/runs/r*", async (route) => {
        reads += 1;
        if (reads > 1) await new Promise((done) => setTimeout(done, 1500));
        await route.continue().catch(() => undefined);
      });
      await page.getByRole("button", { name: "Start a retraining…" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: "Show what will happen" }).click();
      await dialog.getByText("It learns from 14 samples in 2 classes, 14 of them new.").waitFor();
      await page.evaluate(() => {
        const seen = new Set<number>();
        (globalThis as unknown as { epochs: Set<number> }).epochs = seen;
        new MutationObserver(() => {
          const text = /(\d+) epochs/.exec(document.querySelector("main")?.textContent ?? "");
          const running = document.querySelector(".page-head")?.textContent?.includes("running");
          if (text && running) seen.add(Number(text[1]));
        }).observe(document, { subtree: true, childList: true, characterData: true });
      });
      await dialog.getByRole("button", { name: "Start" }).click();
      await page.getByRole("heading", { name: /^Run r/ }).waitFor();
      await page.getByText("succeeded", { exact: true }).waitFor({ timeout: 240_000 });
      const lengths = await page.evaluate(() => [
        ...(globalThis as unknown as { epochs: Set<number> }).epochs,
      ]);
      expect(lengths.filter((length) => length > 0).length).toBeGreaterThan(2);
      await page.getByRole("heading", { name: "What was taken for what" }).waitFor();

      await page.getByRole("button", { name: "Promote…" }).click();
      await act(page, "production moves from nothing to v1.0.0.", "Promote to production");
      await page.goto(`${server.url}/#/try/sounds`);
      await page.getByRole("button", { name: "Record" }).click();
      await page.waitForTimeout(700);
      await page.getByRole("button", { name: "Stop recording" }).click();
      await page.getByText("answered by v1.0.0").waitFor();
      expect(await page.locator(".wave path").getAttribute("d")).toMatch(/^M0 /);
      await page.locator('.bars li[data-first="true"]').waitFor();
      await answersWith(onlooker.page, "v1.0.0");
      expect([...complaints, ...onlooker.complaints]).toEqual([]);
    } finally {
      await onlooker.close();
      await close();
    }
  }, 420_000);

  test("a killed server is said to be away; back again, the page goes on", async () => {
    const { page, complaints, close } = await open("#/system");
    try {
      await unlock(page, token);
      await page.locator(".events").getByText("swapped").first().waitFor();
      const { port } = server;
      await server.kill("SIGKILL");
      await page.getByText("Reconnecting…").waitFor();
      server = await realServer({ cwd: dir, store, token, port });
      await page.getByText("Connected", { exact: true }).waitFor();
      await page.getByRole("cell", { name: "reachable" }).waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  }, 180_000);
});
