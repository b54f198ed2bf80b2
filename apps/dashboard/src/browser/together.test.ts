import { expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { browserSuite } from "../testing/browser-suite.ts";
import { contractServer } from "../testing/contract-server.ts";
import { openPage } from "../testing/open-page.ts";
import { unlock } from "../testing/unlock.ts";

browserSuite("two people, and a server that goes away", ({ browser, web, visit }) => {
  const preview = async (page: Page, version: string): Promise<void> => {
    await unlock(page);
    await page.getByRole("button", { name: "Promote…" }).click();
    await page.getByRole("dialog").getByLabel("Version").selectOption(version);
    await page.getByRole("button", { name: "Show what will happen" }).click();
    await page.getByText(`production moves from v1.1.0 to ${version}.`).waitFor();
  };

  test("who promotes second is told of a conflict, loses nothing, and may look again", async () => {
    const server = await contractServer({ web: web() });
    const url = `${server.url}/#/models/engine-sounds`;
    const [first, second] = [await openPage(browser(), url), await openPage(browser(), url)];
    try {
      await preview(first.page, "v1.2.0");
      await preview(second.page, "v1.0.0");
      await first.page.getByRole("button", { name: "Promote to production" }).click();
      await first.page.getByText("production names v1.2.0 now.").waitFor();
      await second.page.getByRole("button", { name: "Promote to production" }).click();
      await second.page.getByText("Somebody else changed this in the meantime").waitFor();
      expect(server.state.models.get("engine-sounds")?.summary.channels["production"]).toBe(
        "v1.2.0",
      );
      await second.page.getByRole("button", { name: "Look again" }).click();
      await second.page.getByText("production moves from v1.2.0 to v1.0.0.").waitFor();
      await second.page.getByRole("button", { name: "Promote to production" }).click();
      await second.page.getByText("production names v1.0.0 now.").waitFor();
    } finally {
      await first.close();
      await second.close();
      await server.close();
    }
  }, 180_000);

  test("settings changed by two people are a conflict too, and what was typed is kept", async () => {
    await visit("#/models/harbour-objects", async (page, server) => {
      await unlock(page);
      await page.getByRole("button", { name: "Thresholds and labels…" }).click();
      await page.getByRole("textbox", { name: /^Confidence, 0 to 1/ }).fill("0.6");
      const model = server.state.models.get("harbour-objects");
      if (!model) throw new Error("no model");
      model.config = { ...model.config, iou_threshold: 0.5 };
      model.etag += 1;
      await page.getByRole("button", { name: "Show what will happen" }).click();
      await page.getByText("confidence_threshold: from 0.3 to 0.6.").waitFor();
      await page.getByRole("button", { name: "Apply" }).click();
      await page.getByText("Somebody else changed this in the meantime").waitFor();
      expect(model.config).toMatchObject({ confidence_threshold: 0.3, iou_threshold: 0.5 });
      await page.getByRole("button", { name: "Look again" }).click();
      await page.getByText("confidence_threshold: from 0.3 to 0.6.").waitFor();
      expect(await page.getByText(/iou_threshold: /).count()).toBe(0);
      await page.getByRole("button", { name: "Apply" }).click();
      await page.getByText("Applied to every replica.").waitFor();
      expect(model.config).toMatchObject({ confidence_threshold: 0.6, iou_threshold: 0.5 });
    });
  }, 180_000);

  test("a killed server is said to be away; back again, the page goes on with its token", async () => {
    const server = await contractServer({ web: web() });
    const { page, close } = await openPage(browser(), `${server.url}/#/models`);
    try {
      await unlock(page);
      await page.getByText("18,204").waitFor();
      await server.close();
      await page.getByText("Reconnecting…").waitFor();
      // What was there stays to be read.
      expect(await page.getByText("18,204").count()).toBe(1);
      const model = server.state.models.get("harbour-objects");
      if (model) model.summary = { ...model.summary, requests: 20_000 };
      const { port, state } = server;
      const back = await contractServer({ web: web(), port, state });
      try {
        await page.getByText("Connected", { exact: true }).waitFor();
        await page.getByText("20,000").waitFor();
        await page.getByRole("link", { name: "System" }).click();
        await page.getByText("s3://harbour-models").waitFor();
        back.event({ type: "evicted", model: "deck-pictures" });
        await page.locator(".events").getByText("evicted").waitFor();
      } finally {
        await back.close();
      }
    } finally {
      await close();
    }
  }, 180_000);

  test("a canary is shared out, pinning and reloading say what they did", async () => {
    const server = await contractServer({ web: web() });
    const { page, complaints, close } = await openPage(
      browser(),
      `${server.url}/#/models/engine-sounds`,
    );
    const dialog = page.getByRole("dialog");
    try {
      await unlock(page);
      await page.getByRole("button", { name: "Canary…" }).click();
      await page.getByRole("slider").fill("25");
      await page.getByRole("button", { name: "Show what will happen" }).click();
      await page.getByText("v1.1.0 answers 75 % of the requests, v1.2.0 answers 25 %.").waitFor();
      await page.getByRole("button", { name: "Apply" }).click();
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByText("v1.1.0 75 % · v1.2.0 25 %").first().waitFor();
      await page.getByRole("button", { name: "Pin…" }).click();
      await dialog.getByRole("button", { name: "Pin", exact: true }).click();
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByRole("button", { name: "Unpin…" }).waitFor();
      await page.getByRole("button", { name: "Reload…" }).click();
      await page.getByRole("button", { name: "Show what will happen" }).click();
      await dialog.getByRole("button", { name: "Reload", exact: true }).click();
      await page.getByText(/engine-sounds: (swapped|unchanged), v1\.1\.0 in 412 ms/).waitFor();
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByRole("link", { name: "System" }).click();
      await page.getByRole("button", { name: "Shrink…" }).click();
      await page.getByRole("button", { name: "Show what will happen" }).click();
      await page.getByText("2 files would go, 58.2 MiB; 335 MiB stay.").waitFor();
      await page.getByRole("button", { name: "Shrink", exact: true }).click();
      await page.getByText("2 files went, 58.2 MiB; 335 MiB stayed.").waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await close();
      await server.close();
    }
  }, 180_000);

  test("after an update of the server a page whose file is gone says so, and loads again", async () => {
    await visit("#/models", async (page) => {
      await page.route("**/assets/system-page-*", (route) => route.fulfill({ status: 404 }));
      await page.getByRole("link", { name: "System" }).click();
      await page.getByText("The server has a newer dashboard").waitFor();
      await page.unroute("**/assets/system-page-*");
      await page.getByRole("button", { name: "Load again" }).click();
      await page.getByRole("heading", { name: "System" }).waitFor();
    });
  }, 180_000);
});
