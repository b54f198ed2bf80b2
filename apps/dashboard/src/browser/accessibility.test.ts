import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { busyState } from "../screenshots/busy-state.ts";
import { browserSuite } from "../testing/browser-suite.ts";
import { type ContractServer, contractServer } from "../testing/contract-server.ts";
import { goTo } from "../testing/go-to.ts";
import { openPage } from "../testing/open-page.ts";
import { samplePng } from "../testing/sample-files.ts";
import { unlock } from "../testing/unlock.ts";

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

/** Every dialog, by the page that it is on. */
const dialogs = {
  "#/models/engine-sounds": [
    "Promote…",
    "Roll back…",
    "Reload…",
    "Canary…",
    "Thresholds and labels…",
    "Pin…",
  ],
  "#/training/engine-sounds": ["Start a retraining…"],
  "#/runs/run-3": ["Cancel the run…"],
  "#/runs/run-2": ["Publish to staging…", "Promote…"],
  "#/system": ["Shrink…", "Clear…"],
  "#/try/harbour-objects": ["Camera"],
} as const;

browserSuite("accessibility", ({ browser, web }) => {
  let server: ContractServer;
  let axe: string;
  beforeAll(async () => {
    server = await contractServer({ web: web(), state: busyState(Date.now()) });
    axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  }, 180_000);
  afterAll(() => server?.close());

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

  test.each(["light", "dark"] as const)(
    "axe finds nothing serious in %s, nothing is wider than 360 pixels, nothing breaks the policy",
    async (colorScheme) => {
      const { page, complaints, close } = await openPage(browser(), `${server.url}/`, {
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
          await goTo(page, hash);
          found.push(...(await serious(page)).map((what) => `${hash} ${what}`));
          const wide = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          if (wide > 0) found.push(`${hash} is ${wide} pixels too wide`);
        }
        await goTo(page, "#/models/harbour-objects");
        for (const name of ["Model card", "Metadata", "Settings"]) {
          await page.getByRole("tab", { name }).click();
          found.push(...(await serious(page)).map((what) => `${name} ${what}`));
        }
        for (const [hash, names] of Object.entries(dialogs)) {
          await goTo(page, hash);
          for (const name of names) {
            await page.getByRole("button", { name, exact: true }).click();
            await page.getByRole("dialog").waitFor();
            found.push(...(await serious(page)).map((what) => `${hash} ${name} ${what}`));
            await page.keyboard.press("Escape");
            await page.getByRole("dialog").waitFor({ state: "detached" });
          }
        }
        expect(found).toEqual([]);
        expect(complaints).toEqual([]);
      } finally {
        await close();
      }
    },
    180_000,
  );

  test("the keyboard alone gets everywhere, and a dialog gives the focus back", async () => {
    const { page, close } = await openPage(browser(), `${server.url}/#/models`);
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

  test("a promotion by the keyboard alone: the dialog keeps the focus, and gives it back at the end", async () => {
    const own = await contractServer({ web: web() });
    const { page, close } = await openPage(browser(), `${own.url}/#/models/engine-sounds`);
    const focused = () =>
      page.evaluate(() => {
        const { activeElement: at } = document;
        const dialog = document.querySelector("dialog");
        const place = at === document.body || dialog?.contains(at) ? "inside" : "outside";
        return [place, at?.textContent?.trim() ?? ""] as const;
      });
    const tabTo = async (words: string): Promise<void> => {
      for (let steps = 0; steps < 20; steps += 1) {
        const [place, text] = await focused();
        expect(place).toBe("inside");
        if (text === words) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`no way to ${words}`);
    };
    try {
      await unlock(page);
      await page.getByRole("button", { name: "Promote…" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await tabTo("Cancel");
      await tabTo("Show what will happen");
      await page.keyboard.press("Enter");
      await page.getByText("production moves from v1.1.0 to v1.2.0.").waitFor();
      await tabTo("Promote to production");
      await page.keyboard.press("Enter");
      await page.getByText("production names v1.2.0 now.").waitFor();
      await tabTo("Close");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Promote…");
    } finally {
      await close();
      await own.close();
    }
  }, 180_000);

  test("a picture with boxes and a comparison pass axe too", async () => {
    const { page, close } = await openPage(browser(), `${server.url}/#/try/harbour-objects`, {
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
