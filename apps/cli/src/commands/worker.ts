import { once } from "node:events";
import { join } from "node:path";
import { openWorker } from "@plimsoll/pipeline";
import { type CommandModule, withExamples } from "../command.ts";
import { CliError } from "../error.ts";
import { type StoreFlags, withStoreFlags } from "../store-flags.ts";
import { trainingSetup } from "../training-setup.ts";

interface WorkerFlags extends StoreFlags {
  readonly concurrency?: string;
}

export const worker: CommandModule<WorkerFlags> = {
  define(command) {
    withStoreFlags(command).option("--concurrency <n>", "runs at the same time", "1");
    withExamples(command, [
      ["REDIS_URL=redis://localhost:6379 plimsoll worker --store s3://my-bucket", "until Ctrl-C"],
    ]);
  },

  async run(context, _args, flags) {
    const { io, output, signal } = context;
    const { storeUrl, dir, redisUrl } = trainingSetup(context, flags);
    if (redisUrl === undefined) {
      throw new CliError("E_USAGE", "REDIS_URL: names no Redis to take work from");
    }
    const concurrency = Number(flags.concurrency ?? 1);
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 64) {
      throw new CliError("E_USAGE", `--concurrency: "${flags.concurrency}" is not from 1 to 64`);
    }
    const opened = await openWorker({
      redisUrl,
      storeUrl,
      workRoot: join(dir, "work"),
      concurrency,
      allowHttp: flags.allowHttp ?? false,
      env: io.env,
      log: (line) => output.log("info", line),
    });
    output.line(`taking work for ${storeUrl}`);
    output.event({ type: "ready", command: "worker", store: storeUrl });
    if (!signal.aborted) await once(signal, "abort");
    await opened.close();
    return undefined;
  },
};
