import { expect, jest, test } from "@jest/globals";
import { orderFaults } from "./fsync-order.ts";
import { points } from "./points.ts";
import { canTrace } from "./run-point.ts";
import { sweep } from "./sweep.ts";
import { readTrace } from "./trace.ts";

// Every point starts a process under strace.
jest.setTimeout(240_000);

const isNightly = process.env["PLIMSOLL_NIGHTLY"] !== undefined;
const traced = canTrace();
const title = (text: string): string => (traced ? text : `${text} (skipped: no strace)`);
const run = traced && (isNightly || process.platform === "linux") ? test : test.skip;

run(
  title(
    "D4: killed at a sample of its calls, a sync leaves old or whole new files, and the next finishes",
  ),
  async () => {
    const { faults, outcomes, tried } = await sweep({ only: "signal=KILL", every: 40 });
    expect(faults).toEqual([]);
    expect(tried).toBeGreaterThan(2);
    expect(outcomes["signal=KILL"]?.["killed"]).toBeGreaterThan(0);
  },
);

run(
  title("D4: the same where the bytes come over several connections of a web server"),
  async () => {
    const options = { only: "signal=KILL", every: 60, from: "http" } as const;
    const { faults, outcomes } = await sweep(options);
    expect(faults).toEqual([]);
    expect(outcomes["signal=KILL"]?.["killed"]).toBeGreaterThan(0);
  },
);

run(
  title("D1, D2, D3: a sample of its calls fails as a disk fails: a code of ours, nothing broken"),
  async () => {
    const { faults, tried } = await sweep({ only: "error=", every: 80 });
    expect(faults).toEqual([]);
    expect(tried).toBeGreaterThan(3);
  },
);

const trace = `
10 openat(AT_FDCWD</x>, "/s/app/.a.tmp", O_WRONLY|O_CREAT, 0644) = 17</s/app/.a.tmp>
11 write(17</s/app/.a.tmp>, "bytes", 5) = 5
10 write(3</dev/null>, "x", 1) = 1
11 fsync(17</s/app/.a.tmp>) = 0
11 rename("/s/app/.a.tmp", "/s/app/a") = 0
11 fsync(18</s/app>) = 0
11 rename("/s/app/b", "/s/app/c") = -1 ENOENT (No such file or directory)
`;

test("D5: a trace with every flush in its place has no fault", () => {
  expect(orderFaults(readTrace(trace), (path) => path === "/s/app/a")).toEqual([]);
});

test.each<[string, string, RegExp]>([
  ["the file's flush", "11 fsync(17</s/app/.a.tmp>) = 0\n", /renamed unflushed/],
  ["the folder's flush", "11 fsync(18</s/app>) = 0\n", /folder is not flushed/],
  ["any rename", '11 rename("/s/app/.a.tmp", "/s/app/a") = 0\n', /no file appeared/],
])("D5: a trace without %s has one", (_what, line, fault) => {
  const faults = orderFaults(readTrace(trace.replace(line, "")), (path) => path === "/s/app/a");
  expect(faults.join()).toMatch(fault);
});

test("D5: a write after the flush is a fault", () => {
  const late = trace.replace(
    "11 rename",
    '11 pwrite64(17</s/app/.a.tmp>, "more", 4, 5) = 4\n11 rename',
  );
  expect(orderFaults(readTrace(late), (path) => path === "/s/app/a").join()).toMatch(/unflushed/);
});

test("a call that opens to read is neither killed nor fails for want of space", () => {
  const read = `10 openat(AT_FDCWD</x>, "/s/app/a", O_RDONLY|O_CLOEXEC) = 17</s/app/a>`;
  const found = points(readTrace(read), (path) => path.startsWith("/s/"));
  expect(found.map(({ what }) => what)).toEqual(["error=EACCES", "error=EMFILE"]);
});

test("calls are counted by thread and name, and only those on our paths are points", () => {
  const found = points(readTrace(trace), (path) => path.startsWith("/s/"));
  expect(found).toContainEqual({ name: "write", number: 1, what: "signal=KILL" });
  expect(found).toContainEqual({ name: "fsync", number: 2, what: "error=EIO" });
  expect(points(readTrace(trace), (path) => path.startsWith("/other/"))).toEqual([]);
});
