import { verifyWeights, type VerifiedFile, type VerifyEvent } from "@plimsoll/weights";
import { collect, type CommandModule, type Context, withExamples } from "../command.ts";
import { attestationTrust } from "../config/attestation-trust.ts";
import { trustedKeys } from "../config/trusted-keys.ts";
import { exitCode } from "../exit-code.ts";
import { oneLine } from "../text/one-line.ts";
import { bytesText, count, durationText } from "../text/quantity.ts";
import { table } from "../text/table.ts";

interface VerifyFlags {
  readonly dir?: string;
  readonly full?: true;
  readonly key?: readonly string[];
}

/** Code of each way to be wrong; what damages comes before what is only absent. */
const codes: Readonly<Partial<Record<VerifiedFile["status"], string>>> = {
  damaged: "E_DIGEST",
  size: "E_SIZE",
  "lfs-pointer": "E_LFS_POINTER",
  "not-a-file": "E_PATH",
  missing: "E_NOT_FOUND",
};

function reportHashing({ output }: Context): (event: VerifyEvent) => void {
  return (event) => {
    if (event.type === "file") {
      output.settle(event.name, undefined);
      output.event({ ...event });
    } else {
      output.progress(event.name, event.bytes, event.size);
      if (output.isProgressDue(event.name)) output.event(event);
    }
  };
}

/** Tells what is wrong, a line for each file; gives the exit code. */
function complain({ output }: Context, files: readonly VerifiedFile[]): number | undefined {
  const wrong = Object.keys(codes).flatMap((status) =>
    files.filter((file) => file.status === status),
  );
  const problems = wrong.flatMap(({ status, name, message, required }) => {
    const text = oneLine(message ?? `${name}: ${status}`);
    if (required) return [{ code: codes[status] ?? "E_BUG", message: text }];
    output.warn(`${text} (optional)`);
    return [];
  });
  const [first] = problems;
  if (!first) return undefined;
  output.fail({
    ...first,
    exit: exitCode(first.code),
    ...(problems.length > 1 ? { problems } : {}),
  });
  return exitCode(first.code);
}

export const verify: CommandModule<VerifyFlags> = {
  define(command) {
    command
      .argument("[manifest]", "file (default: weights/manifest.json)")
      .option("--dir <folder>", "the folder of the files (default: the manifest's own)")
      .option(
        "--key <file>",
        "public key (PEM): model.sig beside the manifest must be by it (default: the config's keys)",
        collect,
      )
      .option("--full", "hash every file, whatever is recorded about it");
    withExamples(command, [
      ["plimsoll verify", "fast: a file that was proven and not touched since is not read again"],
      ["plimsoll verify --full", "read and hash every byte"],
    ]);
  },

  async run(context, [named = "weights/manifest.json"], flags) {
    const { io, settings, output, signal } = context;
    const startedAt = io.now();
    const keys = await trustedKeys(context, flags.key);
    const attestation = await attestationTrust(context);
    output.startBars();
    const { files, manifest, dir, ok } = await verifyWeights({
      manifest: settings.path(named),
      ...(flags.dir === undefined ? {} : { dir: settings.path(flags.dir) }),
      keys,
      ...(attestation && { attestation }),
      full: flags.full ?? false,
      signal,
      env: io.env,
      onEvent: reportHashing(context),
    });
    output.close();
    const entries = manifest.manifest.weights;
    const rows = files.map(({ name, status, hashed }) => {
      const entry = entries.get(name);
      const size =
        entry?.size === undefined ? `~${entry?.size_mb ?? "?"} MB` : bytesText(entry.size);
      return [
        status === "unproven" ? "no checksum" : status,
        name,
        size,
        hashed ? "" : status === "ok" ? "as recorded" : "",
      ];
    });
    for (const line of table(rows, ["left", "left", "right"])) output.line(line);
    const good = files.filter(({ status }) => status === "ok").length;
    const read = files.filter(({ hashed }) => hashed).length;
    output.line(
      `${count(files.length, "file")}: ${good} ok, ${read} hashed, ${durationText(io.now() - startedAt)}`,
    );
    if (keys.length > 0) output.line("signed by a trusted key: manifest and every file in it");
    output.event({
      type: "result",
      command: "verify",
      signed: keys.length > 0,
      dir,
      ok,
      digest: manifest.digest,
      files,
    });
    return complain(context, files);
  },
};
