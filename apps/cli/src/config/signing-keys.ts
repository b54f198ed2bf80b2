import type { KeyObject } from "node:crypto";
import { pemText, readMinisignKey, readSigningKey } from "@plimsoll/manifest";
import type { Context } from "../command.ts";
import { CliError } from "../error.ts";

const variable = "PLIMSOLL_SIGNING_KEY";

/**
 * Private keys to sign with: the files that `--key` names, else `PLIMSOLL_SIGNING_KEY` (a PEM or the path of one). The
 * passphrase of an encrypted one is `PLIMSOLL_SIGNING_PASSPHRASE`, or is asked for on a terminal. Empty without a key.
 *
 * @throws CliError `E_NOT_FOUND` for a file that is not there; `E_KEY` for what is no key or a wrong passphrase.
 */
export async function signingKeys(
  { io, settings }: Pick<Context, "io" | "settings">,
  flag?: readonly string[],
): Promise<readonly KeyObject[]> {
  const named = flag ?? (io.env[variable] ? [io.env[variable]] : []);
  const source = flag === undefined ? variable : "--key";
  const keys: KeyObject[] = [];
  for (const text of named) {
    const isPem = text.includes("-----BEGIN");
    const pem = isPem ? await pemText(text) : await readKey(settings.path(text), source);
    keys.push(readSigningKey(pem, await passphrase(io, pem, isPem ? source : text)));
  }
  return keys;
}

/** The same, required. */
export async function requiredSigningKeys(
  context: Pick<Context, "io" | "settings">,
  flag?: readonly string[],
): Promise<readonly KeyObject[]> {
  const keys = await signingKeys(context, flag);
  if (keys.length > 0) return keys;
  throw new CliError(
    "E_USAGE",
    `sign with which key? Set ${variable} to a private key (PEM or path), or give --key; plimsoll keys generate makes one`,
  );
}

/** The private key of `keys generate --for minisign` in this file. */
export async function readMinisignKeyFile(
  { io, settings }: Pick<Context, "io" | "settings">,
  named: string,
): Promise<KeyObject> {
  const pem = await readKey(settings.path(named), "--minisign-key");
  return readMinisignKey(pem, await passphrase(io, pem, named));
}

async function readKey(path: string, source: string): Promise<string> {
  return await pemText(path).catch((cause: unknown) => {
    throw new CliError("E_NOT_FOUND", `${source}: ${path}: no such private key (PEM)`, { cause });
  });
}

async function passphrase(
  io: Context["io"],
  pem: string,
  name: string,
): Promise<string | undefined> {
  if (!pem.includes("ENCRYPTED")) return undefined;
  return io.env["PLIMSOLL_SIGNING_PASSPHRASE"] ?? (await io.ask?.(`Passphrase of ${name}: `));
}
