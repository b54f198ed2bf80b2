import { readFile } from "node:fs/promises";
import type { AttestationTrust } from "@plimsoll/weights";
import type { Context } from "../command.ts";
import { CliError } from "../error.ts";

/**
 * What `attestation` of the config demands of every version; undefined where it is not configured.
 *
 * @throws CliError `E_NOT_FOUND` for a trusted root that is not there.
 */
export async function attestationTrust({
  settings,
}: Pick<Context, "settings">): Promise<AttestationTrust | undefined> {
  const { attestation } = settings.config;
  if (attestation === undefined) return undefined;
  const { trustedRoot: named, ...policy } = attestation;
  const path = settings.path(named, "config");
  const trustedRoot = await readFile(path).catch((cause: unknown) => {
    throw new CliError(
      "E_NOT_FOUND",
      `${path}: no trusted root here, which the config's attestation names: make it with gh attestation trusted-root > ${named}`,
      { cause },
    );
  });
  return { trustedRoot, policy };
}
