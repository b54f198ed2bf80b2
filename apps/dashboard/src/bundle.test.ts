import { beforeAll, expect, test } from "@jest/globals";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { webFolder } from "./testing/web-folder.ts";

let web: string;
let page: string;
beforeAll(async () => {
  web = webFolder();
  page = await readFile(join(web, "index.html"), "utf8");
}, 180_000);

const named = (): string[] =>
  [...page.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1] ?? "");

test("the first view is less than 150 KB of gzip", async () => {
  const files = await Promise.all(
    ["index.html", ...named()].map((name) => readFile(join(web, name))),
  );
  const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
  expect(named().length).toBeGreaterThanOrEqual(3);
  expect(bytes).toBeLessThan(150_000);
});

test("the page holds nothing inline and names nobody else's files", async () => {
  expect(page).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)|\son\w+=/);
  expect(page).not.toMatch(/(?:src|href)="(?!\/)/);
  for (const name of await readdir(join(web, "assets"))) {
    const text = await readFile(join(web, "assets", name), "utf8");
    expect(text).not.toMatch(/@import|url\(\s*["']?(?:https?:)?\/\//);
    expect(text).not.toMatch(/\beval\(|new Function\(/);
  }
});
