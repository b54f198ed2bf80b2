import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { styledPieces, terminalSvg } from "./terminal-svg.ts";

const line = "   5  damage   one byte of a<b> inverted, at 7 (5 ms)";

test("a line is cut where its style changes, and nothing of it is lost", () => {
  const pieces = styledPieces(line);
  expect(pieces.map(({ text }) => text).join("")).toBe(line);
  expect(pieces.filter(({ style }) => style !== "")).toEqual([
    { text: "   5", style: "quiet" },
    { text: "damage", style: "verb" },
    { text: "inverted", style: "bad" },
    { text: "(5 ms)", style: "quiet" },
  ]);
});

test("each piece stands in its columns, escaped, and nothing comes from elsewhere", () => {
  const svg = terminalSvg("T", ["$ npm start", line]);
  expect(svg).toContain('class="typed">$ npm start</text>');
  expect(svg).toContain("one byte of a&#60;b&#62;");
  const verb = /<text x="([\d.]+)" y="69" textLength="([\d.]+)" class="verb">/.exec(svg);
  expect(verb?.slice(1).map(Number)).toEqual(
    [18 + 6 * 7.8, 6 * 7.8].map((n) => Number(n.toFixed(1))),
  );
  expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|url\(/);
});

test("the picture in docs is one that the script makes", () => {
  const svg = readFileSync(new URL("../../../docs/terminal.svg", import.meta.url), "utf8");
  const texts = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</g)];
  expect(texts[0]?.[3]).toBe("$ npm start");
  expect(texts.length).toBeGreaterThan(40);
  expect(svg).toContain(">swap<");
});
