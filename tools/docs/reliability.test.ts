import { expect, test } from "@jest/globals";
import { diskFaults, networkFaults } from "./fault-rows.ts";
import { citedRows, faultTests } from "./fault-tests.ts";
import { reliabilityPage } from "./reliability-page.ts";

const row = { id: "N1", fault: "cut", outcome: "goes on" };

test("titles tell their rows, several and ranges of them", () => {
  const text = `
    test("N6: a 206 for another range", f);
    test.each([1])('D1, D2: full and "not allowed"', f);
    run(title("D1-D3: a sample"), f);
    test("no row: at all", f);`;
  expect(citedRows(text)).toEqual([
    { title: "a 206 for another range", rows: ["N6"] },
    { title: 'full and "not allowed"', rows: ["D1", "D2"] },
    { title: "a sample", rows: ["D1", "D2", "D3"] },
  ]);
});

test("a row without a test stops the page", () => {
  const facts = { network: [row], disk: [], tests: new Map() };
  expect(() => reliabilityPage(facts)).toThrow("no test cites N1");
});

test("a row is listed with its tests and their files", () => {
  const tests = new Map([["N1", [{ title: "a <cut> body", path: "libs/a.test.ts" }]]]);
  const page = reliabilityPage({ network: [row], disk: [], tests });
  expect(page).toContain("| [N1](#n1) | cut | goes on | 1 |");
  expect(page).toContain("- a \\<cut\\> body — `libs/a.test.ts`");
});

test("every row of this workspace has a test", async () => {
  const tests = await faultTests();
  expect(networkFaults).toHaveLength(21);
  expect(diskFaults).toHaveLength(12);
  for (const { id } of [...networkFaults, ...diskFaults])
    expect([id, tests.has(id)]).toEqual([id, true]);
});
