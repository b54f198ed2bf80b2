import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { generateKeys, generateMinisignKeys } from "@plimsoll/manifest";
import { type CommandModule, type Context, withExamples } from "../command.ts";
import { CliError } from "../error.ts";

interface KeysGenerateFlags {
  readonly out?: string;
  readonly name: string;
  readonly passphrase?: boolean;
  readonly for: string;
}

/** The passphrase of the new key: from the environment or the terminal; undefined only where that is wanted. */
async function newPassphrase(
  { io }: Context,
  flags: KeysGenerateFlags,
): Promise<string | undefined> {
  if (flags.passphrase === false) return undefined;
  const given = io.env["PLIMSOLL_SIGNING_PASSPHRASE"];
  if (given !== undefined && given !== "") return given;
  const first = await io.ask?.("Passphrase for the new private key: ");
  if (!first) {
    throw new CliError(
      "E_USAGE",
      "a passphrase is needed: set PLIMSOLL_SIGNING_PASSPHRASE, run this on a terminal, or give --no-passphrase for a key that goes straight into a CI secret",
    );
  }
  if ((await io.ask?.("Once more: ")) === first) return first;
  throw new CliError("E_USAGE", "the two passphrases differ: nothing was written");
}

/** A key is never replaced: what it signed would be lost. */
async function create(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, "wx", mode).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "EEXIST") throw cause;
    throw new CliError("E_USAGE", `${path}: exists and is not replaced: choose another --name`, {
      cause,
    });
  });
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

export const keysGenerate: CommandModule<KeysGenerateFlags> = {
  define(command) {
    command
      .option("--out <dir>", "folder for the two files (default: here)")
      .option("--name <name>", "their name: <name>.key and <name>.pub", "release")
      .option("--for <tool>", "plimsoll, or minisign for SHA256SUMS.minisig", "plimsoll")
      .option("--no-passphrase", "leave the private key unencrypted");
    withExamples(command, [
      ["plimsoll keys generate --for minisign --name mini", "for publish --minisign-key"],
      ["plimsoll keys generate --out ~/keys", "asks for a passphrase; ECDSA P-256"],
      [
        "plimsoll keys generate --name ci --no-passphrase",
        "for a CI secret: store ci.key there and delete it here",
      ],
    ]);
  },

  async run(context, _args, flags) {
    const { settings, output } = context;
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(flags.name)) {
      throw new CliError("E_USAGE", `--name "${flags.name}": letters, digits and . _ -`);
    }
    if (flags.for !== "plimsoll" && flags.for !== "minisign") {
      throw new CliError("E_USAGE", `--for "${flags.for}": plimsoll or minisign`);
    }
    const dir = settings.path(flags.out ?? ".");
    const passphrase = await newPassphrase(context, flags);
    const isMinisign = flags.for === "minisign";
    const pair = isMinisign ? generateMinisignKeys(passphrase) : generateKeys(passphrase);
    await mkdir(dir, { recursive: true });
    const privatePath = join(dir, `${flags.name}.key`);
    const publicPath = join(dir, `${flags.name}.pub`);
    await create(privatePath, pair.privateKey, 0o600);
    await create(publicPath, pair.publicKey, 0o644);
    if (isMinisign) {
      output.line(`${privatePath}: private key (Ed25519): keep it out of Git`);
      output.line(`${publicPath}: public key: minisign -V -p ${publicPath} -m SHA256SUMS`);
      output.line(`To sign: plimsoll publish --minisign-key ${privatePath} …`);
      output.event({ type: "result", command: "keys generate", privatePath, publicPath });
      return undefined;
    }
    const entry = { id: flags.name, publicKey: pair.publicKey };
    output.line(
      `${privatePath}: private key${passphrase === undefined ? ", not encrypted" : ", encrypted"}: keep it out of Git`,
    );
    output.line(`${publicPath}: public key: give it to every app that uses the models`);
    output.line();
    output.line("In the apps' plimsoll.config.json (a path to the .pub file does, too):");
    output.line(`  "keys": [${JSON.stringify(entry)}]`);
    output.line("To sign: PLIMSOLL_SIGNING_KEY=<file or PEM> plimsoll publish --sign …");
    output.event({ type: "result", command: "keys generate", privatePath, publicPath, ...entry });
    return undefined;
  },
};
