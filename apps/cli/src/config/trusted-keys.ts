import { readFile } from "node:fs/promises";
import { readTrustedKeys, type TrustedKey } from "@plimsoll/manifest";
import type { Context } from "../command.ts";
import { CliError } from "../error.ts";

/**
 * Public keys that releases must be signed by: from the flag `--key`, else from `keys` of the config, and from nowhere
 * else. Each is a PEM text or the path of one. No key means that nothing need be signed.
 *
 * @throws CliError `E_NOT_FOUND` for a file that is not there; `E_KEY` for what is no key.
 */
export async function trustedKeys(
  { settings }: Pick<Context, "settings">,
  flag?: readonly string[],
): Promise<readonly TrustedKey[]> {
  const keys: TrustedKey[] = [];
  if (flag !== undefined) {
    for (const named of flag) {
      const publicKey = await pem(settings.path(named), named, "--key");
      keys.push({ id: named, publicKey });
    }
  } else {
    for (const key of settings.config.keys ?? []) {
      const { id, publicKey } = key;
      const text = publicKey.includes("-----BEGIN")
        ? publicKey
        : await pem(settings.path(publicKey, "config"), publicKey, `key ${id}`);
      keys.push({ ...key, publicKey: text });
    }
  }
  if (keys.length > 0) readTrustedKeys(keys);
  return keys;
}

async function pem(path: string, named: string, source: string): Promise<string> {
  if (named.includes("-----BEGIN")) return named;
  return await readFile(path, "utf8").catch((cause: unknown) => {
    throw new CliError("E_NOT_FOUND", `${source}: ${path}: no such public key (PEM)`, { cause });
  });
}
