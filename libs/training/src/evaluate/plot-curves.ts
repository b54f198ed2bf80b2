import type { EpochFigures } from "../run/trained-model.ts";
import { escapeXml } from "./escape-xml.ts";

const [width, height, margin] = [640, 360, 48];

/** Learning curves as an SVG: losses on the left axis, validation accuracy on the right. */
export function plotCurves(curves: readonly EpochFigures[], title: string): string {
  const losses = curves.flatMap(({ loss, validationLoss }) => [loss, validationLoss ?? loss]);
  const most = Math.max(1e-6, ...losses) * 1.05;
  const last = Math.max(2, curves.at(-1)?.epoch ?? 2);
  const x = (epoch: number): number => margin + ((epoch - 1) / (last - 1)) * (width - 2 * margin);
  const y = (share: number): number => height - margin - share * (height - 2 * margin);
  const line = (
    pick: (figures: EpochFigures) => number | undefined,
    top: number,
    style: string,
  ): string => {
    const points = curves.flatMap((figures) => {
      const value = pick(figures);
      return value === undefined
        ? []
        : [`${x(figures.epoch).toFixed(1)},${y(value / top).toFixed(1)}`];
    });
    return `<polyline points="${points.join(" ")}" fill="none" stroke-width="2" ${style}/>`;
  };
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    `<line x1="${margin}" x2="${width - margin}" y1="${y(share)}" y2="${y(share)}" stroke="#ddd"/>`,
    `<text x="${margin - 6}" y="${y(share) + 4}" text-anchor="end">${(share * most).toFixed(2)}</text>`,
    `<text x="${width - margin + 6}" y="${y(share) + 4}">${share * 100} %</text>`,
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escapeXml(title)}: learning curves</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...ticks,
    line(({ loss }) => loss, most, 'stroke="#1f5fa8"'),
    line(({ validationLoss }) => validationLoss, most, 'stroke="#c2571a"'),
    line(
      ({ validationAccuracy }) => validationAccuracy,
      1,
      'stroke="#2a7d3f" stroke-dasharray="6 4"',
    ),
    `<text x="${margin}" y="20" fill="#1f5fa8">training loss</text>`,
    `<text x="${margin + 110}" y="20" fill="#c2571a">validation loss</text>`,
    `<text x="${margin + 230}" y="20" fill="#2a7d3f">validation accuracy (right)</text>`,
    `<text x="${width / 2}" y="${height - 12}" text-anchor="middle">epoch, 1 to ${last}</text>`,
    "</svg>\n",
  ].join("\n");
}
