import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { busyState } from "../screenshots/busy-state.ts";
import { manyModels } from "../screenshots/many-models.ts";
import { browserSuite } from "../testing/browser-suite.ts";
import { type ContractServer, contractServer } from "../testing/contract-server.ts";
import { goTo } from "../testing/go-to.ts";
import { openPage } from "../testing/open-page.ts";
import { unlock } from "../testing/unlock.ts";

browserSuite("every page", ({ browser, web }) => {
  let server: ContractServer;
  beforeAll(async () => {
    server = await contractServer({ web: web(), state: busyState(Date.now()) });
  }, 180_000);
  afterAll(() => server?.close());

  test("nothing moves when data arrive late, and the policy holds with nothing inline", async () => {
    const { page, complaints, close } = await openPage(browser(), `${server.url}/#/none`);
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
      const moved = (): Promise<string[]> =>
        page.evaluate(() => (globalThis as unknown as { moved: string[] }).moved);
      const open = ["#/models", "#/models/harbour-objects", "#/try", "#/sync", "#/system"];
      const found: string[] = [];
      for (const hash of open) {
        await page.goto(`${server.url}/?fresh=${hash.length}${hash}`);
        await page.locator("main h1").waitFor();
        await page.waitForTimeout(900);
        found.push(...(await moved()));
      }
      // A token does not outlive a load: the closed pages are gone to without one.
      await unlock(page);
      for (const hash of ["#/training/engine-sounds", "#/runs/run-2", "#/runs/run-3", "#/system"]) {
        // What follows a key or a click within half a second counts as meant.
        await page.waitForTimeout(600);
        await goTo(page, hash);
        await page.waitForTimeout(900);
      }
      found.push(...(await moved()));
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  }, 180_000);

  test("200 models with long names are listed, filtered, and stay inside the page", async () => {
    const many = await contractServer({ web: web(), state: manyModels(Date.now()) });
    const { page, close } = await openPage(browser(), `${many.url}/#/models`);
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
    const { page, close } = await openPage(browser(), `${server.url}/#/models`, {
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
});
