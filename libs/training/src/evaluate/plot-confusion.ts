import { escapeXml } from "./escape-xml.ts";
import type { Metrics } from "./metrics.ts";

const cell = 44;
const [left, top] = [150, 60];

/** A confusion matrix as an SVG: rows are true classes, columns what was answered, darker is more of the row. */
export function plotConfusion({ confusion, classes }: Metrics, title: string): string {
  const names = classes.map((each) => escapeXml(shortened(each.class)));
  const width = left + cell * names.length + 20;
  const height = top + cell * names.length + 110;
  const cells = confusion.flatMap((row, r) => {
    const total = Math.max(
      1,
      row.reduce((a, b) => a + b, 0),
    );
    return row.map((count, c) => {
      if (count === 0) return "";
      const share = count / total;
      const [x, y] = [left + c * cell, top + r * cell];
      const ink = share > 0.5 ? "#fff" : "#222";
      return (
        `<rect x="${x}" y="${y}" width="${cell}" height="${cell}" fill="#1f5fa8" fill-opacity="${share.toFixed(3)}"/>` +
        `<text x="${x + cell / 2}" y="${y + cell / 2 + 4}" text-anchor="middle" fill="${ink}">${count}</text>`
      );
    });
  });
  // What is empty is only a grid: the picture travels with every version, to clients that have the one before.
  const side = cell * names.length;
  const lines = Array.from({ length: names.length + 1 }, (_, i) => i * cell);
  const grid = lines
    .map((at) => `M${left + at} ${top}v${side}M${left} ${top + at}h${side}`)
    .join("");
  const labels = names.flatMap((name, i) => {
    const middle = i * cell + cell / 2;
    const below = top + names.length * cell + 14;
    return [
      `<text x="${left - 8}" y="${top + middle + 4}" text-anchor="end">${name}</text>`,
      `<text x="${left + middle}" y="${below}" text-anchor="end" transform="rotate(-40 ${left + middle} ${below})">${name}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escapeXml(title)}: confusion matrix</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${left}" y="24">answered class</text>`,
    `<text x="12" y="${top - 12}">true class</text>`,
    ...cells.filter((each) => each !== ""),
    `<path d="${grid}" fill="none" stroke="#ddd"/>`,
    ...labels,
    "</svg>\n",
  ].join("\n");
}

const shortened = (name: string): string => (name.length > 20 ? `${name.slice(0, 19)}…` : name);
