import { fetchDefaults } from "@plimsoll/fetch";
import { collectFiles } from "@plimsoll/weights";
import { type CommandModule, withExamples } from "../command.ts";
import { type Estimate, estimate, trafficOf } from "../cost/estimate.ts";
import { prices } from "../cost/prices.ts";
import { CliError } from "../error.ts";
import { bytesText, count } from "../text/quantity.ts";
import { table } from "../text/table.ts";

interface CostFlags {
  readonly downloads: string;
  readonly versions: string;
  readonly publishes: string;
}

/** Bytes of a part as `publish` sends it; longer files get larger parts, which costs less. */
const partBytes = 16 * 2 ** 20;

function number(text: string, flag: string): number {
  if (/^[0-9]{1,12}$/.test(text)) return Number(text);
  throw new CliError("E_USAGE", `${flag} "${text}": a whole number`);
}

function dollars(amount: number | undefined): string {
  if (amount === undefined) return "not known";
  if (amount === 0) return "0";
  return amount < 0.005 ? "< 0.01" : amount.toFixed(2);
}

export const cost: CommandModule<CostFlags> = {
  define(command) {
    command
      .argument("<paths...>", "a folder of weights, or files")
      .option("--downloads <count>", "complete downloads a month", "1000")
      .option("--versions <count>", "versions that are stored at the same time", "1")
      .option("--publishes <count>", "versions published a month", "1");
    withExamples(command, [
      ["plimsoll cost weights --downloads 1000", "dollars a month at each host"],
      ["plimsoll cost weights --downloads 200 --versions 5", "with five versions kept"],
    ]);
  },

  async run({ output, settings }, paths, flags) {
    const { files } = await collectFiles({ from: paths.map((path) => settings.path(path)) });
    const sizes = files.map(({ size }) => size);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const traffic = trafficOf({
      sizes,
      downloads: number(flags.downloads, "--downloads"),
      versions: number(flags.versions, "--versions"),
      publishes: number(flags.publishes, "--publishes"),
      requestBytes: fetchDefaults.segmentBytes,
      partBytes,
    });
    const largest = Math.max(...sizes);
    const rows = prices.map((host) => {
      const costs: Estimate = estimate(host, traffic);
      const { maxFileBytes = Infinity } = host;
      const note = `${host.note}${largest >= maxFileBytes ? "; larger files go up in parts" : ""}`;
      output.event({ type: "cost", ...costs, currency: "USD", asOf: host.asOf, note });
      const { storage, requests, egress, total } = costs;
      return [host.host, ...[storage, requests, egress, total].map(dollars), host.asOf, note];
    });
    output.line(
      `${count(files.length, "file")}, ${bytesText(bytes)}; a month: ${flags.downloads} downloads (${traffic.egressGb.toFixed(1)} GB), ${traffic.storedGb.toFixed(2)} GB stored, ${count(traffic.reads, "read")} and ${count(traffic.writes, "write")}`,
    );
    output.line();
    for (const line of table(
      [["US $ A MONTH", "STORAGE", "REQUESTS", "EGRESS", "TOTAL", "PRICES OF", ""], ...rows],
      ["left", "right", "right", "right", "right"],
    ))
      output.line(line);
    output.line();
    output.line("Synced copies are cached: an app that has a version downloads it once.");
    output.event({ type: "result", command: "cost", files: files.length, bytes, traffic });
    return undefined;
  },
};
