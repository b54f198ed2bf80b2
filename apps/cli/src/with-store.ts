import { type Driver, openStore, parseStoreUrl } from "@plimsoll/storage";
import type { Context } from "./command.ts";
import { CliError } from "./error.ts";
import type { StoreFlags } from "./store-flags.ts";

/** Opens the store that the flags, the environment or the config name, works with it and closes it. */
export async function withStore<Result>(
  context: Context,
  flags: StoreFlags,
  work: (driver: Driver) => Promise<Result>,
  { forWriting = false }: { readonly forWriting?: boolean } = {},
): Promise<Result> {
  const { io, settings, output, signal } = context;
  const { url } =
    flags.store === undefined ? settings.defaultStore() : settings.store(flags.store, "--store");
  if ((flags.offline ?? settings.offline) && parseStoreUrl(url).kind !== "file") {
    throw new CliError(
      "E_USAGE",
      `${url}: needs the network, which --offline or PLIMSOLL_OFFLINE forbids`,
    );
  }
  const driver = await openStore(url, {
    env: io.env,
    credentials: settings.headers(),
    allowHttp: flags.allowHttp ?? false,
    signal,
    forWriting,
    log: (line) => output.log("debug", line),
  });
  try {
    return await work(driver);
  } finally {
    await driver.close();
  }
}
