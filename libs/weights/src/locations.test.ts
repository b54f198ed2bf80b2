import { expect, test } from "@jest/globals";
import type { ParsedManifest } from "@plimsoll/manifest";
import { locateEntry } from "./locations.ts";
import type { SyncSource } from "./sync-source.ts";

const source = (base: string, own?: SyncSource["own"]): SyncSource => ({
  manifest: {} as ParsedManifest,
  base,
  path: undefined,
  warnings: [],
  ...(own && { own }),
});

test("the store itself, then url and mirrors, each once, relative ones from the manifest", () => {
  const entry = { url: "./a.pt", mirrors: ["https://m.example/a.pt", "https://h.example/w/a.pt"] };
  const at = source("https://h.example/w/manifest.json");
  expect(locateEntry("a.pt", entry, at)).toEqual([
    "https://h.example/w/a.pt",
    "https://m.example/a.pt",
  ]);
  const inStore = source("s3://b/m/manifest.json?region=x", (name) => `s3://b/m/${name}?region=x`);
  expect(locateEntry("a.pt", entry, inStore)[0]).toBe("s3://b/m/a.pt?region=x");
});

test("a manifest from the network names no files of this machine, one on disk may", () => {
  const entry = { url: "file:///etc/passwd" };
  expect(() => locateEntry("a.pt", entry, source("https://h.example/manifest.json"))).toThrow(
    expect.objectContaining({ code: "E_NOT_FOUND" }),
  );
  expect(locateEntry("a.pt", entry, source("file:///app/manifest.json"))).toEqual([
    "file:///etc/passwd",
  ]);
});

test("offline takes what needs no network, and says so where nothing is left", () => {
  const at = source("file:///app/weights/manifest.json");
  const entry = { url: "https://h.example/a.pt", mirrors: ["./a.pt"] };
  expect(locateEntry("a.pt", entry, at, { offline: true })).toEqual(["file:///app/weights/a.pt"]);
  expect(() => locateEntry("a.pt", { url: "https://h.example/a" }, at, { offline: true })).toThrow(
    expect.objectContaining({ code: "E_NETWORK" }),
  );
});

test("no URL, or the placeholder of a template, is said to be one", () => {
  const at = source("file:///app/manifest.json");
  expect(() => locateEntry("a.pt", {}, at)).toThrow("a.pt: the manifest names no URL");
  const url = "https://github.com/YOUR_USERNAME/r/releases/download/v1.0.0/a.pt";
  expect(() => locateEntry("a.pt", { url }, at)).toThrow("placeholder YOUR_USERNAME");
});
