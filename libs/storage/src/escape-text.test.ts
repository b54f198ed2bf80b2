import { expect, test } from "@jest/globals";

import { escapeText } from "./escape-text.ts";

test("M3: escape sequences, line ends and text that hides itself come out as code points", () => {
  expect(escapeText("a\u001b[2Jb\nc\u0000\u007f")).toBe("a\\u{1b}[2Jb\\u{a}c\\u{0}\\u{7f}");
  expect(escapeText("x\u202egnp\u200b\ud800")).toBe("x\\u{202e}gnp\\u{200b}\\u{d800}");
});

test("ordinary text, accents and pairs of surrogates stay", () => {
  expect(escapeText("Gewichte für 模型 🚢 100 %")).toBe("Gewichte für 模型 🚢 100 %");
});
