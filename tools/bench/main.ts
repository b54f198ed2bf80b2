import { parseArgs } from "node:util";
import { benchFetch } from "./fetch/bench-fetch.ts";
import { benchServe } from "./serve/bench-serve.ts";
import { benchPublish } from "./publish/bench-publish.ts";
import { benchTrain } from "./train/bench-train.ts";

/** `npm run bench -- <scenario> [--rounds 5] [--only <text>]`. */
const scenarios: Readonly<
  Record<string, (options: { readonly rounds: number; readonly only: string }) => Promise<void>>
> = { fetch: benchFetch, publish: benchPublish, serve: benchServe, train: benchTrain };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string" }, only: { type: "string" } },
});
const [name = "fetch"] = positionals;
const scenario = scenarios[name];
if (scenario === undefined) {
  console.error(`bench: no scenario ${name}: one of ${Object.keys(scenarios).join(", ")}`);
  process.exitCode = 2;
} else {
  await scenario({ rounds: Number(values.rounds ?? 5), only: values.only ?? "" });
}
