import { expect, test } from "@jest/globals";
import { browserSuite } from "../testing/browser-suite.ts";

browserSuite(
  "a camera and a microphone that are not allowed",
  ({ visit }) => {
    test("the page says so, and what to do", async () => {
      await visit("#/try/engine-sounds", async (page) => {
        await page.getByRole("button", { name: "Record" }).click();
        await page.getByText("This page may not use the microphone: allow it").waitFor();
        await page.getByLabel("Model").selectOption("harbour-objects");
        await page.getByRole("button", { name: "Camera" }).click();
        const dialog = page.getByRole("dialog");
        await dialog.getByText("This page may not use the camera: allow it").waitFor();
        expect(await dialog.getByRole("button", { name: "Take picture" }).isDisabled()).toBe(true);
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached" });
      });
    }, 180_000);
  },
  "not allowed",
);
