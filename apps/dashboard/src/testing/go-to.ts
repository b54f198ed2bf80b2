import type { Page } from "playwright-core";

/** Goes to another page without a load, and waits until its data are there. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  await page.locator("main h1").waitFor();
  await page.waitForFunction(() => !document.querySelector(".skeleton"));
}
