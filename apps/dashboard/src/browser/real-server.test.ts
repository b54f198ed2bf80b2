import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { openPage } from "../testing/open-page.ts";
import { demoStore, type RealServer, realServer } from "../testing/real-server.ts";
import { samplePng } from "../testing/sample-files.ts";
import { hasBrowser, testBrowser } from "../testing/test-browser.ts";
import { unlock } from "../testing/unlock.ts";
import { webFolder } from "../testing/web-folder.ts";

const suite = hasBrowser ? describe : describe.skip;
const token = "a-token-of-more-than-thirty-two-letters";

suite(hasBrowser ? "the real server with the demo's store" : "skipped: no Chromium", () => {
  let browser: Browser;
  let dir: string;
  let store: string;
  let server: RealServer | undefined;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "plimsoll-dashboard-"));
    // The server gives the page from the place where the bundle is.
    webFolder();
    store = await demoStore(dir);
    server = await realServer({ cwd: dir, store, token });
    browser = await testBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await server?.kill();
    await rm(dir, { recursive: true, force: true });
  }, 180_000);

  test("look, try, promote, see the version change without a reload, roll back, kill and come back", async () => {
    if (!server) throw new Error("no server");
    const { page, complaints, close } = await openPage(browser, `${server.url}/#/models`);
    const onlooker = await openPage(browser, `${server.url}/#/models/digits`);
    page.setDefaultTimeout(30_000);
    onlooker.page.setDefaultTimeout(30_000);
    const dialog = page.getByRole("dialog");
    const answers = (text: string) =>
      onlooker.page.locator(".figures dd").first().getByText(text).waitFor();
    try {
      await page.getByRole("link", { name: "digits" }).waitFor();

      await page.getByRole("button", { name: "Unlock with the admin token" }).click();
      await page.getByRole("textbox", { name: "Admin token" }).fill("a-wrong-token");
      await page.keyboard.press("Enter");
      await page.getByText("Wrong token").waitFor();
      await page.keyboard.press("Escape");
      await unlock(page, token);

      await page.getByRole("link", { name: "Try it" }).click();
      const picture = { mimeType: "image/png", buffer: Buffer.from(samplePng(28, 28)) };
      await page.locator('input[type="file"]').setInputFiles({ name: "digit.png", ...picture });
      await page.getByText("answered by v1.1.0").waitFor();
      await page.getByText("and 2 more below these").waitFor();
      await page.getByLabel("Compare with").selectOption("v1.2.0");
      await page.getByText("answered by v1.2.0").waitFor();
      await answers("v1.1.0");

      await page.goto(`${server.url}/#/models/digits`);
      await page.getByRole("button", { name: "Promote…" }).click();
      await dialog.getByLabel("Version").selectOption("v1.2.0");
      await dialog.getByLabel("Gates (optional)").fill("accuracy>=0.999");
      await dialog.getByRole("button", { name: "Show what will happen" }).click();
      await dialog.getByRole("alert").waitFor();
      await dialog.getByRole("button", { name: "Back" }).click();
      await dialog.getByLabel("Gates (optional)").fill("accuracy>=0.9");
      await dialog.getByRole("button", { name: "Show what will happen" }).click();
      await dialog.getByText("production moves from v1.1.0 to v1.2.0.").waitFor();
      await dialog.getByRole("button", { name: "Promote to production" }).click();
      await dialog.getByText("Done").waitFor();
      await dialog.getByRole("button", { name: "Close" }).click();
      await answers("v1.2.0");

      await page.getByRole("button", { name: "Roll back…" }).click();
      await dialog.getByRole("button", { name: "Show what will happen" }).click();
      await dialog.getByText("production goes back from v1.2.0 to v1.1.0.").waitFor();
      await dialog.getByRole("button", { name: "Roll production back" }).click();
      await dialog.getByText("Done").waitFor();
      await dialog.getByRole("button", { name: "Close" }).click();
      await answers("v1.1.0");

      await page.getByRole("link", { name: "System" }).click();
      await page.locator(".events").getByText("swapped").first().waitFor();

      const { port } = server;
      await server.kill("SIGKILL");
      await page.getByText("Reconnecting…").waitFor();
      server = await realServer({ cwd: dir, store, token, port });
      await page.getByText("Connected", { exact: true }).waitFor();
      await page.getByRole("cell", { name: "reachable" }).waitFor();
      expect([...complaints, ...onlooker.complaints]).toEqual([]);
    } finally {
      await onlooker.close();
      await close();
    }
  }, 120_000);
});
