import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { busyState } from "../screenshots/busy-state.ts";
import { manyModels } from "../screenshots/many-models.ts";
import { type ContractServer, contractServer } from "../testing/contract-server.ts";
import { openPage } from "../testing/open-page.ts";
import { samplePng } from "../testing/sample-files.ts";
import { hasBrowser, testBrowser } from "../testing/test-browser.ts";
import { unlock } from "../testing/unlock.ts";
import { webFolder } from "../testing/web-folder.ts";

const suite = hasBrowser ? describe : describe.skip;

const hashes = [
  "#/models",
  "#/models/harbour-objects",
  "#/try/harbour-objects",
  "#/training/engine-sounds",
  "#/runs/run-3",
  "#/runs/run-2",
  "#/sync",
  "#/system",
];

suite(hasBrowser ? "every page" : "skipped: no Chromium", () => {
  let browser: Browser;
  let server: ContractServer;
  let axe: string;
  beforeAll(async () => {
    const web = webFolder();
    server = await contractServer({ web, state: busyState(Date.now()) });
    browser = await testBrowser();
    axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** What axe finds serious, as `rule: element`. */
  const serious = (page: Page): Promise<string[]> =>
    page.evaluate(async () => {
      interface Found {
        readonly violations: readonly {
          readonly id: string;
          readonly impact: string;
          readonly nodes: readonly { readonly target: readonly string[] }[];
        }[];
      }
      const { axe: tool } = globalThis as unknown as { axe: { run(): Promise<Found> } };
      const { violations } = await tool.run();
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
    });

  const go = async (page: Page, hash: string): Promise<void> => {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
    await page.locator("main h1").waitFor();
    await page.waitForFunction(() => !document.querySelector(".skeleton"));
  };

  test.each(["light", "dark"] as const)(
    "axe finds nothing serious in %s, nothing is wider than 360 pixels, nothing breaks the policy",
    async (colorScheme) => {
      const { page, complaints, close } = await openPage(browser, `${server.url}/`, {
        colorScheme,
        viewport: { width: 360, height: 740 },
        // The tool is put into the page past its policy; what the page itself does is still watched.
        bypassCSP: true,
      });
      try {
        await page.evaluate(axe);
        await unlock(page);
        const found: string[] = [];
        for (const hash of hashes) {
          await go(page, hash);
          found.push(...(await serious(page)).map((what) => `${hash} ${what}`));
          const wide = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          if (wide > 0) found.push(`${hash} is ${wide} pixels too wide`);
        }
        await go(page, "#/models/engine-sounds");
        for (const name of ["Promote…", "Canary…", "Thresholds and labels…"]) {
          await page.getByRole("button", { name }).click();
          found.push(...(await serious(page)).map((what) => `${name} ${what}`));
          await page.keyboard.press("Escape");
        }
        expect(found).toEqual([]);
        expect(complaints).toEqual([]);
      } finally {
        await close();
      }
    },
    60_000,
  );

  test("nothing moves when data arrive late, and the policy holds with nothing inline", async () => {
    const { page, complaints, close } = await openPage(browser, `${server.url}/#/none`);
    try {
      await page.addInitScript(() => {
        const sum = globalThis as unknown as { moved: string[] };
        sum.moved = [];
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            const shift = entry as PerformanceEntry & {
              readonly hadRecentInput: boolean;
              readonly value: number;
            };
            if (!shift.hadRecentInput && shift.value > 0.001) {
              sum.moved.push(`${location.hash} by ${shift.value.toFixed(4)}`);
            }
          }
        }).observe({ type: "layout-shift", buffered: true });
      });
      await page.route("**/api/v1/**", async (route) => {
        await new Promise((done) => setTimeout(done, 300));
        await route.continue();
      });
      const moved: string[] = [];
      for (const hash of ["#/models", "#/models/harbour-objects", "#/try", "#/sync"]) {
        await page.goto(`${server.url}/?fresh=${hash.length}${hash}`);
        await page.locator("main h1").waitFor();
        await page.waitForTimeout(900);
        moved.push(
          ...(await page.evaluate(() => (globalThis as unknown as { moved: string[] }).moved)),
        );
      }
      expect(moved).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  }, 180_000);

  test("the keyboard alone gets everywhere, and a dialog gives the focus back", async () => {
    const { page, close } = await openPage(browser, `${server.url}/#/models`);
    try {
      await page.getByRole("link", { name: "harbour-objects" }).waitFor();
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
        "Skip to the content",
      );
      await page.keyboard.press("Enter");
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
      await page.getByRole("button", { name: "Unlock with the admin token" }).focus();
      await page.keyboard.press("Enter");
      await page.keyboard.type("open-sesame");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.getByRole("link", { name: "harbour-objects" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("tab", { name: /^Versions/ }).focus();
      await page.keyboard.press("ArrowRight");
      await page.getByRole("region", { name: "Text of the model card" }).waitFor();
      await page.getByRole("button", { name: "Canary…" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Canary…");
    } finally {
      await close();
    }
  }, 180_000);

  test("200 models with long names are listed, filtered, and stay inside the page", async () => {
    const many = await contractServer({ web: webFolder(), state: manyModels(Date.now()) });
    const { page, close } = await openPage(browser, `${many.url}/#/models`);
    try {
      await page.getByRole("row").nth(200).waitFor();
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 740 });
        const [wide, cut] = await page.evaluate(() => {
          const root = document.documentElement;
          const card = document.querySelector(".model-table")?.getBoundingClientRect().right ?? 0;
          return [root.scrollWidth - root.clientWidth, card - root.clientWidth];
        });
        expect(wide).toBeLessThanOrEqual(0);
        expect(cut).toBeLessThanOrEqual(0);
      }
      await page.getByRole("searchbox").fill("model-019 audio");
      expect(await page.getByRole("rowheader").count()).toBe(1);
      await page.getByRole("searchbox").fill("no such model");
      await page.getByText("Nothing matches “no such model”").waitFor();
    } finally {
      await close();
      await many.close();
    }
  }, 180_000);

  test("light and dark follow the system until somebody chooses", async () => {
    const { page, close } = await openPage(browser, `${server.url}/#/models`, {
      colorScheme: "dark",
    });
    const ground = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    try {
      const dark = await ground();
      await page.emulateMedia({ colorScheme: "light" });
      expect(await ground()).not.toBe(dark);
      const toggle = page.getByRole("button", { name: /^Theme/ });
      await toggle.click();
      await toggle.click();
      expect(await ground()).toBe(dark);
      await page.reload();
      expect(await ground()).toBe(dark);
    } finally {
      await close();
    }
  }, 180_000);

  test("a picture with boxes and a comparison pass axe too", async () => {
    const { page, close } = await openPage(browser, `${server.url}/#/try/harbour-objects`, {
      bypassCSP: true,
    });
    try {
      await page.evaluate(axe);
      await page.getByLabel("Compare with").selectOption("v2.0.0");
      const picture = { mimeType: "image/png", buffer: Buffer.from(samplePng(320, 180)) };
      await page.locator('input[type="file"]').setInputFiles({ name: "pier.png", ...picture });
      await page.getByText("answered by").nth(1).waitFor();
      expect(await serious(page)).toEqual([]);
    } finally {
      await close();
    }
  }, 180_000);
});
