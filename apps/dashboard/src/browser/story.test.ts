import { expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { browserSuite } from "../testing/browser-suite.ts";
import { openPage } from "../testing/open-page.ts";
import { samplePng, sampleWav } from "../testing/sample-files.ts";
import { unlock } from "../testing/unlock.ts";

const mib = 2 ** 20;

browserSuite("the story in a browser", ({ browser, visit }) => {
  const figure = (page: Page, name: string) =>
    page.locator(".figures > div").filter({ hasText: name }).locator("dd");

  test("a sync is seen from its first byte to the last digest, an error with its way out", async () => {
    await visit("#/sync", async (page, server) => {
      const file = { name: "a.onnx", size: 10 * mib, received: 0, bytesPerSecond: 0 };
      server.state.sync = { state: "syncing", files: [{ ...file, state: "waiting" }] };
      await page.getByText("0 B of 10.0 MiB").first().waitFor();
      const moving = { ...file, received: 4 * mib, bytesPerSecond: 2 * mib };
      server.state.sync = { state: "syncing", files: [{ ...moving, state: "fetching" }] };
      await page.getByText("2.00 MiB/s · 3.0 s left").waitFor();
      const bar = page.getByRole("progressbar", { name: "a.onnx" });
      expect(await bar.getAttribute("aria-valuenow")).toBe("40");
      const error = { code: "E_DIGEST", message: "a.onnx: publish again or sync --force" };
      server.state.sync = {
        state: "failed",
        files: [{ ...moving, bytesPerSecond: 0, state: "failed", error }],
      };
      await page.getByText("publish again or sync --force").waitFor();
      await page.getByText("E_DIGEST").waitFor();
      server.state.sync = {
        state: "done",
        files: [{ ...file, received: 10 * mib, state: "verified" }],
      };
      await page.getByText("Everything is here and verified").waitFor();
      await page.getByText("1 of 1 files verified").waitFor();
    });
  }, 180_000);

  test("boxes lie over the picture at the right pixels, and the slider asks nothing again", async () => {
    await visit("#/try/harbour-objects", async (page) => {
      let asked = 0;
      page.on("request", (request) => (asked += request.url().endsWith("/api/detect") ? 1 : 0));
      const buffer = Buffer.from(samplePng(1600, 900));
      const input = page.locator('input[type="file"]');
      await input.setInputFiles({ name: "pier.png", mimeType: "image/png", buffer });
      await page.getByText("answered by v1.1.0").waitFor();

      const image = await page.locator(".picture-frame img").boundingBox();
      const ship = await page.locator('.box[data-class="ship"]').boundingBox();
      if (!image || !ship) throw new Error("nothing is drawn");
      expect(image.width / image.height).toBeCloseTo(1600 / 900, 1);
      const expected = {
        x: image.x + 0.1 * image.width,
        y: image.y + 0.2 * image.height,
        width: 0.4 * image.width,
        height: 0.6 * image.height,
      };
      for (const side of ["x", "y", "width", "height"] as const) {
        expect(Math.abs(ship[side] - expected[side])).toBeLessThan(3);
      }
      await page.getByText("640 × 540 px").waitFor();
      await page.getByText("2 of 2 boxes shown").waitFor();
      await page.getByRole("slider").fill("0.8");
      await page.getByText("1 of 2 boxes shown").waitFor();
      expect(await page.locator(".box").count()).toBe(1);
      expect(asked).toBe(1);

      await page.getByLabel("Compare with").selectOption("v2.0.0");
      await page.getByText("answered by v2.0.0").waitFor();
      await page.getByText("3 of 3 boxes shown").waitFor();
    });
  }, 180_000);

  test("a sound is drawn and classified, a text too, and a file that is none is refused with words", async () => {
    await visit("#/try/engine-sounds", async (page) => {
      const input = page.locator('input[type="file"]');
      const wav = Buffer.from(sampleWav(1, 220));
      await input.setInputFiles({ name: "e.wav", mimeType: "audio/wav", buffer: wav });
      await page.getByText("81 %").waitFor();
      await page.getByText("1.0 s · 16,000 Hz").waitFor();
      const path = await page.locator(".wave path").getAttribute("d");
      expect(path?.match(/M/g)).toHaveLength(400);
      await page.getByLabel("Model").selectOption("radio-messages");
      await page.getByRole("textbox", { name: "Text" }).fill("Mayday");
      await page.getByRole("button", { name: "Ask" }).click();
      await page.locator('li[data-first="true"]', { hasText: "distress" }).waitFor();
      await page.getByLabel("Model").selectOption("harbour-objects");
      const no = { name: "no.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
      await page.locator('input[type="file"]').setInputFiles(no);
      await page.getByText("no.png: this is no PNG picture").waitFor();
    });
  }, 180_000);

  test("a wrong token opens nothing; the right one does, and no storage ever holds it", async () => {
    await visit("#/models/engine-sounds", async (page) => {
      expect(await page.getByRole("button", { name: "Promote…" }).count()).toBe(0);
      await page.getByRole("button", { name: "Unlock with the admin token" }).click();
      await page.getByRole("textbox", { name: /^Admin token/ }).fill("guess");
      await page.keyboard.press("Enter");
      await page.getByText("Wrong token").waitFor();
      await page.keyboard.press("Escape");
      await unlock(page);
      await page.getByRole("button", { name: "Promote…" }).waitFor();
      const stored = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
      );
      expect(stored).not.toContain("open-sesame");
      await page.reload();
      await page.getByRole("button", { name: "Unlock with the admin token" }).waitFor();
    });
  }, 180_000);

  test("upload, retrain, see the curve move, promote, see the version change, roll back", async () => {
    await visit(
      "#/training/engine-sounds",
      async (page, server) => {
        server.state.holdAtEpoch = 3;
        // Somebody else only looks on.
        const onlooker = await openPage(browser(), `${server.url}/#/models/engine-sounds`);
        await unlock(page);
        await page.getByText("421 samples, 37 since the last training").waitFor();
        await page.getByRole("combobox", { name: /^Class/ }).fill("sail");
        const wav = (name: string, hertz: number) => ({
          name,
          mimeType: "audio/wav",
          buffer: Buffer.from(sampleWav(0.1, hertz)),
        });
        const files = [wav("a.wav", 200), wav("b.wav", 300), wav("again.wav", 200)];
        await page.locator('input[type="file"]').setInputFiles(files);
        await page
          .getByText("All done · 2 stored · 1 duplicate · 0 set aside · 0 not taken")
          .waitFor();
        expect(await page.getByText(/these bytes were in this class already/).count()).toBe(1);
        await page.getByText("423 samples, 39 since the last training").waitFor();

        await page.getByRole("button", { name: "Start a retraining…" }).click();
        await page.getByRole("button", { name: "Show what will happen" }).click();
        await page.getByText("It learns from 423 samples in 4 classes").waitFor();
        await page.getByRole("dialog").getByRole("button", { name: "Start" }).click();

        await page.getByRole("heading", { name: "Run run-1" }).waitFor();
        const epochs = page.getByRole("img", { name: "Loss over epochs" });
        const curve = epochs.locator("path").first();
        await page.getByText("3 epochs").first().waitFor();
        const early = (await curve.getAttribute("d")) ?? "";
        delete server.state.holdAtEpoch;
        await page.getByText("8 epochs").first().waitFor();
        expect((await curve.getAttribute("d"))?.length).toBeGreaterThan(early.length);
        await page.getByText("succeeded", { exact: true }).first().waitFor();
        await page.getByRole("cell", { name: "31", exact: true }).waitFor();

        expect(await figure(onlooker.page, "Answers with").textContent()).toContain("v1.1.0");
        await page.getByRole("button", { name: "Promote…" }).click();
        await page.getByRole("textbox", { name: /^Gates/ }).fill("accuracy>=0.99");
        await page.getByRole("button", { name: "Show what will happen" }).click();
        await page.getByText("accuracy>=0.99: found 0.951").waitFor();
        expect(await page.getByRole("button", { name: "Promote to production" }).isEnabled()).toBe(
          false,
        );
        await page.getByRole("button", { name: "Back", exact: true }).click();
        await page.getByRole("textbox", { name: /^Gates/ }).fill("accuracy>=0.9");
        await page.getByRole("button", { name: "Show what will happen" }).click();
        await page.getByText("production moves from v1.1.0 to v1.3.0.").waitFor();
        await page.getByRole("button", { name: "Promote to production" }).click();
        await page.getByText("production names v1.3.0 now.").waitFor();
        await page.getByRole("button", { name: "Close" }).click();
        // Without a reload.
        await figure(onlooker.page, "Answers with").getByText("v1.3.0").waitFor();

        await page.goto(`${server.url}/#/models/engine-sounds`);
        await page.getByRole("button", { name: "Roll back…" }).click();
        await page.getByRole("button", { name: "Show what will happen" }).click();
        await page.getByText("production goes back from v1.3.0 to v1.1.0.").waitFor();
        await page.getByRole("button", { name: "Roll production back" }).click();
        await page.getByText("production names v1.1.0 now.").waitFor();
        await figure(onlooker.page, "Answers with").getByText("v1.1.0").waitFor();
        expect(onlooker.complaints).toEqual([]);
        await onlooker.close();
      },
      { stepMs: 30 },
    );
  }, 180_000);
});
