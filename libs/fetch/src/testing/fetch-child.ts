import { fetchFile } from "../open-fetcher.ts";
import type { FetchOptions, FetchRequest } from "../fetch-request.ts";

/** A process of its own that fetches one file: `fetch-child.ts <request as JSON> <options as JSON>`. Events and the end are lines of JSON. */
const [request = "", options = "{}"] = process.argv.slice(2);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
try {
  const result = await fetchFile(JSON.parse(request) as FetchRequest, {
    ...(JSON.parse(options) as FetchOptions),
    onEvent: say,
  });
  say({ type: "result", result });
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  say({ type: "error", code, message });
  process.exitCode = 1;
}
