import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import { type ContractServer, contractServer } from "../testing/contract-server.ts";
import { openPage } from "../testing/open-page.ts";
import { hasBrowser, testBrowser } from "../testing/test-browser.ts";
import { webFolder } from "../testing/web-folder.ts";

const suite = hasBrowser ? describe : describe.skip;

suite(hasBrowser ? "camera and microphone" : "skipped: no Chromium", () => {
  let server: ContractServer;
  let closed: Browser;
  beforeAll(async () => {
    server = await contractServer({ web: webFolder() });
    closed = await testBrowser("not allowed");
  }, 180_000);
  afterAll(async () => {
    await closed?.close();
    await server?.close();
  });

  test("where they are not allowed the page says so, and what to do", async () => {
    const { page, complaints, close } = await openPage(closed, `${server.url}/#/try/engine-sounds`);
    try {
      await page.getByRole("button", { name: "Record" }).click();
      await page.getByText("This page may not use the microphone: allow it").waitFor();
      await page.getByLabel("Model").selectOption("harbour-objects");
      await page.getByRole("button", { name: "Camera" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText("This page may not use the camera: allow it").waitFor();
      expect(await dialog.getByRole("button", { name: "Take picture" }).isDisabled()).toBe(true);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  }, 180_000);
});
