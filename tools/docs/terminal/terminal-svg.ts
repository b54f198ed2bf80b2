const charWidth = 7.8;
const lineHeight = 20;
const margin = 18;
const barHeight = 34;

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);

/** Styles of parts of a line, the first that begins where the others end. */
const parts: readonly (readonly [RegExp, string])[] = [
  [/^\$ .*/, "typed"],
  [/^ +\d+(?= {2})/, "quiet"],
  [/\((?:\d+\.?\d* m?s)\)$/, "quiet"],
  [/\b(?:train|publish|sync|verify|serve|predict|swap|back|damage)\b(?= {2,})/, "verb"],
  [/\b(?:is damaged|inverted)\b/, "bad"],
];

interface Piece {
  readonly text: string;
  readonly style: string;
}

/** A line cut where its style changes. */
export function styledPieces(line: string): readonly Piece[] {
  const marks = parts
    .flatMap(([pattern, style]) => {
      const found = pattern.exec(line);
      return found === null
        ? []
        : [{ start: found.index, end: found.index + found[0].length, style }];
    })
    .sort((a, b) => a.start - b.start);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end, style } of marks) {
    if (start < at) continue;
    pieces.push(
      { text: line.slice(at, start), style: "" },
      { text: line.slice(start, end), style },
    );
    at = end;
  }
  pieces.push({ text: line.slice(at), style: "" });
  return pieces.filter(({ text }) => text !== "");
}

/**
 * Lines of a terminal as an SVG of their own: the reader's monospaced font, each piece stretched to the columns that it
 * takes, light and dark by the reader's setting.
 */
export function terminalSvg(title: string, lines: readonly string[]): string {
  const columns = Math.max(...lines.map((line) => line.length));
  const width = Math.ceil(columns * charWidth) + 2 * margin;
  const height = barHeight + lines.length * lineHeight + margin;
  const rows = lines.flatMap((line, row) => {
    let column = 0;
    return styledPieces(line).map(({ text, style }) => {
      const trimmed = text.trimStart();
      const start = column + text.length - trimmed.length;
      column += text.length;
      const shown = trimmed.trimEnd();
      if (shown === "") return "";
      const x = (margin + start * charWidth).toFixed(1);
      const y = barHeight + row * lineHeight + 15;
      const long = (shown.length * charWidth).toFixed(1);
      const named = style === "" ? "" : ` class="${style}"`;
      return `  <text x="${x}" y="${y}" textLength="${long}"${named}>${escape(shown)}</text>\n`;
    });
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">
  <style>
    text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1b2733; white-space: pre }
    rect { fill: #f7f9fb; stroke: #c3ccd5 }
    circle { fill: #c3ccd5 }
    .quiet { fill: #5b6a78 }
    .verb { fill: #0b5cad; font-weight: 600 }
    .typed { fill: #10151a; font-weight: 600 }
    .bad { fill: #b3261e }
    @media (prefers-color-scheme: dark) {
      text { fill: #d7e0e8 } rect { fill: #10171e; stroke: #34424f } circle { fill: #34424f }
      .quiet { fill: #94a3b1 } .verb { fill: #7db8ff } .typed { fill: #ffffff } .bad { fill: #ff9d94 }
    }
  </style>
  <rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
  <circle cx="20" cy="17" r="5"/><circle cx="38" cy="17" r="5"/><circle cx="56" cy="17" r="5"/>
${rows.join("")}</svg>
`;
}
