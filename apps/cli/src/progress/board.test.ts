import { expect, test } from "@jest/globals";
import { Board } from "./board.ts";

const MIB = 1024 * 1024;
const ESC = "\u001b[";
const controls = new RegExp(`(${ESC.replace("[", "\\[")}\\d*[AJ]|\\r|\\n)`);

/** What a terminal shows after these bytes: enough of it for cursor-up and clear-below. */
function screen(text: string): string[] {
  const lines = [""];
  let row = 0;
  for (const piece of text.split(controls)) {
    const command = piece.startsWith(ESC) ? piece.at(-1) : undefined;
    if (command === "A") row -= Number(piece.slice(ESC.length, -1));
    else if (command === "J") lines.length = row + 1;
    else if (piece === "\n") lines[++row] ??= "";
    else if (piece !== "\r" && piece !== "") lines[row] = piece;
    if (command === "J") lines[row] = "";
  }
  return lines.filter((line) => line !== "");
}

function board(options: { maxRows?: number; color?: boolean } = {}) {
  let written = "";
  let now = 0;
  const sink = { write: (text: string) => (written += text), columns: 100 };
  const made = new Board(sink, { now: () => now, intervalMs: 1e6, ...options });
  return {
    made,
    tick: (ms: number) => (now += ms),
    raw: () => written,
    screen: () => screen(written),
  };
}

test("a bar for each file and one for all, redrawn in place", () => {
  const { made, tick, screen: shown } = board();
  made.expect(2, 20 * MIB);
  made.update("a.onnx", 0, 10 * MIB);
  made.update("b.onnx", 0, 10 * MIB);
  made.draw();
  tick(1000);
  made.update("a.onnx", 5 * MIB, 10 * MIB);
  made.draw();
  expect(shown()).toHaveLength(3);
  expect(shown()[0]).toMatch(/^a\.onnx .* 50% .*5\.0 MB of 10\.0 MB +5\.0 MB\/s +0:01$/);
  expect(shown()[2]).toMatch(/^0 of 2 files .* 25% .*5\.0 MB of 20\.0 MB/);
  made.close();
  expect(shown()).toEqual([]);
});

test("a line that stays is printed above, a settled file's bar goes", () => {
  const { made, screen: shown } = board();
  made.expect(2, 20);
  made.update("a", 10, 10);
  made.update("b", 5, 10);
  made.draw();
  made.settle("a");
  made.print("a: fetched");
  expect(shown()[0]).toBe("a: fetched");
  expect(shown()).toHaveLength(3);
  expect(shown()[2]).toMatch(/^1 of 2 files .*75%/);
  made.close();
  expect(shown()).toEqual(["a: fetched"]);
});

test("many files are counted, not all drawn", () => {
  const { made, screen: shown } = board({ maxRows: 2 });
  made.expect(5, 50);
  for (const name of ["a", "b", "c", "d", "e"]) made.update(name, 1, 10);
  made.draw();
  expect(shown()).toHaveLength(4);
  expect(shown()[2]).toBe("and 3 more");
  made.close();
});

test("colours only on demand (NO_COLOR)", () => {
  const plain = board();
  plain.made.update("a", 1, 10);
  plain.made.draw();
  expect(plain.raw()).not.toContain(`${ESC}2m`);
  plain.made.close();
  const colored = board({ color: true });
  colored.made.update("a", 1, 10);
  colored.made.draw();
  expect(colored.raw()).toContain(`${ESC}2m`);
  colored.made.close();
});
