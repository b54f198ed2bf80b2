import type { Page } from "playwright-core";

/** Enters the admin token as a person does. */
export async function unlock(page: Page, token = "open-sesame"): Promise<void> {
  await page.getByRole("button", { name: "Unlock with the admin token" }).click();
  await page.getByRole("textbox", { name: /^Admin token/ }).fill(token);
  await page.getByRole("dialog").getByRole("button", { name: "Unlock" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}
