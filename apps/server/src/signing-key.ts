import type { KeyObject } from "node:crypto";
import { pemText, readSigningKey } from "@plimsoll/manifest";
import { ServerError } from "./error.ts";

/**
 * The private key that moves of channels are signed with: `PLIMSOLL_SIGNING_KEY`, a PEM or the path of one, with
 * `PLIMSOLL_SIGNING_PASSPHRASE` where it is encrypted.
 *
 * @throws ServerError `E_USAGE` that names the variable; never with a piece of the key.
 */
export async function signingKey(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<KeyObject> {
  try {
    return readSigningKey(await pemText(text), env["PLIMSOLL_SIGNING_PASSPHRASE"]);
  } catch (cause) {
    const why = "neither a private key (PEM) nor the path of one that opens with its passphrase";
    throw new ServerError("E_USAGE", 500, `PLIMSOLL_SIGNING_KEY: ${why}`, { cause });
  }
}
