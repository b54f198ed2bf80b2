import type { Command } from "commander";
import { collect, withExamples } from "./command.ts";
import { defaultBandwidth } from "./text/bandwidth.ts";

/** Flags of `plimsoll publish`, as they were given. */
export interface PublishFlags {
  readonly to?: readonly string[];
  readonly release?: string;
  readonly model?: string;
  readonly channel?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly optional?: readonly string[];
  readonly description?: string;
  readonly metadata?: string;
  readonly publicUrl?: string;
  /** A path, or false for `--no-manifest`. */
  readonly manifest?: string | boolean;
  readonly mirrorLatest?: true;
  readonly compress?: true;
  readonly allowPickle?: true;
  readonly sign?: true;
  readonly key?: readonly string[];
  readonly sshSignature?: true;
  readonly minisignKey?: string;
  readonly expires?: string;
  readonly hold?: true;
  /** The held version to make visible. */
  readonly finish?: string;
  /** False for `--no-chunks`. */
  readonly chunks?: boolean;
  readonly fullReadBack?: true;
  readonly dryRun?: true;
  readonly bandwidth?: string;
  readonly allowHttp?: true;
  readonly offline?: true;
}

/** Declares the flags, with their help. */
export function definePublish(command: Command): void {
  command
    .argument("[paths...]", "a folder of weights, or files (default: the config's publish.from)")
    .option("--to <store>", "URL or configured name; give it several times for mirrors", collect)
    .option("--release <version>", "v and semver: v1.0.0, v1.1.0-beta")
    .option(
      "--model <name>",
      "the model (default: from the metadata, else the file's or folder's name)",
    )
    .option("--channel <name>", "point this channel to the version once it is visible")
    .option("--include <glob>", "take these instead of the known extensions; repeatable", collect)
    .option("--exclude <glob>", "leave these out; repeatable", collect)
    .option(
      "--optional <glob>",
      "a failed download of these is only a warning; repeatable",
      collect,
    )
    .option("--description <text>", "a sentence for the manifest")
    .option(
      "--metadata <file>",
      "JSON about the model (default: metadata.json or model_metadata.json in the folder)",
    )
    .option(
      "--public-url <url>",
      "base of the manifest's URLs instead of the first store's, e.g. a CDN",
    )
    .option(
      "--manifest <file>",
      "where to write the manifest you commit (default: manifest.json in the folder)",
    )
    .option("--no-manifest", "write none")
    .option(
      "--mirror-latest",
      "also copy the files to models/<model>/latest/ there, for older readers; not atomic",
    )
    .option("--compress", "store files compressed where that saves a tenth; sync decodes them")
    .option("--allow-pickle", "publish files with code in them that the scan does not know")
    .option("--sign", "sign version and channel with PLIMSOLL_SIGNING_KEY")
    .option("--key <file>", "private key (PEM) to sign with; implies --sign", collect)
    .option("--ssh-signature", "also SHA256SUMS.sig with the signing key, for ssh-keygen -Y verify")
    .option(
      "--minisign-key <file>",
      "also SHA256SUMS.minisig with this key (keys generate --for minisign)",
    )
    .option("--expires <duration>", "readers call the channel stale after this, e.g. 30d")
    .option("--hold", "upload and verify everything, and leave it invisible until --finish")
    .option("--finish <version>", "make a held version visible; needs its manifest, no weights")
    .option("--no-chunks", "no chunk indexes beside files of 1 MiB and more: updates fetch all")
    .option("--full-read-back", "read every file back and hash it, also where the host does")
    .option(
      "--dry-run",
      "write nothing; show requests, time and each host's limits, exit 10 if one would be hit",
    )
    .option(
      "--bandwidth <rate>",
      `uplink that --dry-run reckons with (default: ${defaultBandwidth})`,
    )
    .option("--allow-http", "accept http:// beyond this machine")
    .option("--offline", "use no network: only folders can be stores");
  withExamples(command, [
    [
      "plimsoll publish weights --to s3://my-bucket --release v1.0.0",
      "upload, read back, write weights/manifest.json",
    ],
    [
      "plimsoll publish weights --to github://me/app --to s3://my-bucket --release v1.0.0",
      "the same bytes to both: url and mirrors",
    ],
    [
      "plimsoll publish --release v1.1.0 --channel staging",
      "with folder and stores from plimsoll.config.json",
    ],
    ["plimsoll publish weights --to './store' --release v1.0.0 --dry-run", "look first"],
    [
      "plimsoll publish weights --to s3://my-bucket --release v1.0.0 --hold",
      "upload now, show later",
    ],
    [
      "plimsoll publish --finish v1.0.0 --to s3://my-bucket --channel production",
      "show it, with what --hold wrote to weights/manifest.json",
    ],
  ]);
}
