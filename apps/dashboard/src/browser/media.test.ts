import { expect, test } from "@jest/globals";
import { browserSuite } from "../testing/browser-suite.ts";

browserSuite(
  "a camera and a microphone that are not allowed",
  ({ visit }) => {
    test("the page says so, and what to do", async () => {
      await visit("#/try/engine-sounds", async (page) => {
        // A Chromium that can show no question at all says that it does not support them.
        const refusal = await page.evaluate(() =>
          navigator.mediaDevices.getUserMedia({ audio: true }).then(
            () => "none",
            (reason: Error) => reason.name,
          ),
        );
        const says = (device: string): string =>
          refusal === "NotSupportedError"
            ? `This browser gives no page a ${device}: choose a file.`
            : `This page may not use the ${device}: allow it`;
        await page.getByRole("button", { name: "Record" }).click();
        await page.getByText(says("microphone")).waitFor();
        await page.getByLabel("Model").selectOption("harbour-objects");
        await page.getByRole("button", { name: "Camera" }).click();
        const dialog = page.getByRole("dialog");
        await dialog.getByText(says("camera")).waitFor();
        expect(await dialog.getByRole("button", { name: "Take picture" }).isDisabled()).toBe(true);
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached" });
      });
    }, 180_000);
  },
  "not allowed",
);
