import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { openPage } from "../testing/open-page.ts";
import { type RealServer, realServer } from "../testing/real-server.ts";
import { hasBrowser, testBrowser } from "../testing/test-browser.ts";
import { webFolder } from "../testing/web-folder.ts";

const suite = hasBrowser ? describe : describe.skip;
const files = { "slow.onnx": randomBytes(300_000), "wrong.onnx": randomBytes(2_000) } as const;

/** Ten pieces, slower than progress is told. */
async function drip(response: ServerResponse, bytes: Buffer): Promise<void> {
  for (let piece = 0; piece < 10; piece += 1) {
    const size = bytes.length / 10;
    response.write(bytes.subarray(piece * size, (piece + 1) * size));
    await new Promise((done) => setTimeout(done, 150));
  }
}

suite(hasBrowser ? "the sync of the real server's start" : "skipped: no Chromium", () => {
  let browser: Browser;
  let dir: string;
  let host: Server;
  let server: RealServer;
  /** The second half of the slow file comes when somebody says so. */
  let release = (): void => undefined;
  beforeAll(async () => {
    webFolder();
    dir = await mkdtemp(join(tmpdir(), "plimsoll-dashboard-"));
    const released = new Promise<void>((done) => (release = done));
    host = createServer((request, response) => {
      const name = (request.url ?? "").slice(1) as keyof typeof files;
      const bytes = Buffer.from(files[name]);
      if (name === "wrong.onnx") bytes[7] = (bytes[7] ?? 0) ^ 1;
      response.writeHead(200, { "content-length": bytes.length });
      if (name === "wrong.onnx") return response.end(bytes);
      void drip(response, bytes.subarray(0, bytes.length / 2))
        .then(() => released)
        .then(() => response.end(bytes.subarray(bytes.length / 2)));
    }).listen(0, "127.0.0.1");
    await new Promise((done) => host.once("listening", done));
    const { port } = host.address() as AddressInfo;
    const weights = Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [
        name,
        {
          url: `http://127.0.0.1:${port}/${name}`,
          size: bytes.length,
          checksum: createHash("sha256").update(bytes).digest("hex"),
          algorithm: "sha256",
          required: true,
        },
      ]),
    );
    await mkdir(join(dir, "weights"));
    const manifest = { version: "2.0", release: "v1.0.0", model: "pair", weights };
    await writeFile(join(dir, "weights", "manifest.json"), JSON.stringify(manifest));
    server = await realServer({ cwd: dir, token: "a-token-of-more-than-thirty-two-letters" });
    browser = await testBrowser();
  }, 300_000);
  afterAll(async () => {
    release();
    await browser?.close();
    await server?.kill();
    host?.closeAllConnections();
    host?.close();
    await rm(dir, { recursive: true, force: true });
  }, 180_000);

  test("the first view shows files on their way, then verified, or failed with the way out", async () => {
    const { page, complaints, close } = await openPage(browser, server.url);
    page.setDefaultTimeout(60_000);
    try {
      await page.getByRole("link", { name: /Sync/ }).click();
      const bar = page.getByRole("progressbar", { name: "slow.onnx" });
      // Both are there from the start: the whole is known before its first byte.
      await page.getByText(/ of 295 KiB$/).waitFor();
      await page
        .locator(".sync-item", { hasText: "slow.onnx" })
        .getByText("fetching", { exact: true })
        .waitFor();
      const share = async (): Promise<number> => Number(await bar.getAttribute("aria-valuenow"));
      while ((await share()) === 0) await page.waitForTimeout(50);
      expect(await share()).toBeLessThanOrEqual(50);
      await page.getByText("0 of 2 files verified").waitFor();
      release();
      await page.getByText("1 of 2 files verified").waitFor();
      await page.getByText("The sync failed").waitFor();
      const wrong = page.locator(".sync-item", { hasText: "wrong.onnx" });
      await wrong.getByText("E_DIGEST").waitFor();
      expect(await wrong.textContent()).toMatch(/expected.*got.*(publish again|sync --force)/);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  }, 180_000);
});
