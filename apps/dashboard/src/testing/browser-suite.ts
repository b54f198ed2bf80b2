import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { type ContractServer, contractServer } from "./contract-server.ts";
import type { MadeUpMedia } from "./open-browser.ts";
import { openPage } from "./open-page.ts";
import { hasBrowser, testBrowser } from "./test-browser.ts";
import { webFolder } from "./web-folder.ts";

/** What the tests of a suite share. */
export interface BrowserBench {
  browser(): Browser;
  /** The folder of the bundled page. */
  web(): string;
  /** Plays on a page of a contract server of its own, and expects no complaint of the page. */
  visit(
    hash: string,
    play: (page: Page, server: ContractServer) => Promise<void>,
    options?: Omit<Parameters<typeof contractServer>[0], "web">,
  ): Promise<void>;
}

/** A group of tests in one real browser; where there is none it says so, and its tests are skipped. */
export function browserSuite(
  title: string,
  tests: (bench: BrowserBench) => void,
  media?: MadeUpMedia,
): void {
  const suite = hasBrowser ? describe : describe.skip;
  suite(hasBrowser ? title : `skipped: no Chromium (${title})`, () => {
    let browser: Browser;
    let web: string;
    beforeAll(async () => {
      web = webFolder();
      browser = await testBrowser(media);
    }, 180_000);
    afterAll(() => browser?.close());
    tests({
      browser: () => browser,
      web: () => web,
      async visit(hash, play, options = {}) {
        const server = await contractServer({ web, ...options });
        const { page, complaints, close } = await openPage(browser, `${server.url}/${hash}`);
        try {
          await play(page, server);
          expect(complaints).toEqual([]);
        } finally {
          await close();
          await server.close();
        }
      },
    });
  });
}
