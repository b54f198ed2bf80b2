import type { CommandModule } from "./command.ts";

/** A command by name; its module is imported only when it is called or its help is asked for. */
export interface CommandEntry {
  readonly name: string;
  /** One line for `plimsoll --help`. */
  readonly summary: string;
  readonly load?: () => Promise<CommandModule<never>>;
  /** A group has commands of its own instead of a module. */
  readonly commands?: readonly CommandEntry[];
}

/** Every command, in the order of `plimsoll --help`. A new one is a file in `commands/` and a line here. */
export const commands: readonly CommandEntry[] = [
  {
    name: "publish",
    summary: "upload weight files to one store or several and pin them in a manifest",
    load: async () => (await import("./commands/publish.ts")).publish,
  },
  {
    name: "sync",
    summary: "make a local folder equal to a manifest, every byte verified",
    load: async () => (await import("./commands/sync.ts")).sync,
  },
  {
    name: "verify",
    summary: "check the files on disk against their manifest",
    load: async () => (await import("./commands/verify.ts")).verify,
  },
  {
    name: "repair",
    summary: "hash every file of a manifest and fetch only the damaged chunks",
    load: async () => (await import("./commands/repair.ts")).repair,
  },
  {
    name: "diff",
    summary: "what an update from one version, manifest or file to another will cost",
    load: async () => (await import("./commands/diff.ts")).diff,
  },
  {
    name: "manifest",
    summary: "create, rewrite, check or update a manifest",
    commands: [
      {
        name: "create",
        summary: "hash files and write or update weights/manifest.json",
        load: async () => (await import("./commands/manifest-create.ts")).manifestCreate,
      },
      {
        name: "rewrite",
        summary: "set a manifest's URLs for a store and a version, and nothing else",
        load: async () => (await import("./commands/manifest-rewrite.ts")).manifestRewrite,
      },
      {
        name: "check",
        summary: "validate a manifest strictly, without network",
        load: async () => (await import("./commands/manifest-check.ts")).manifestCheck,
      },
      {
        name: "update",
        summary: "pin the newest version of a store, or propose it as a pull request",
        load: async () => (await import("./commands/manifest-update.ts")).manifestUpdate,
      },
    ],
  },
  {
    name: "models",
    summary: "list the models of a store",
    load: async () => (await import("./commands/models.ts")).models,
  },
  {
    name: "versions",
    summary: "list the versions of a model, newest first",
    load: async () => (await import("./commands/versions.ts")).versions,
  },
  {
    name: "info",
    summary: "show what a version is: files, digests, metadata",
    load: async () => (await import("./commands/info.ts")).info,
  },
  {
    name: "scan",
    summary: "what a weight file holds: pickled code, operators, outside data",
    load: async () => (await import("./commands/scan.ts")).scan,
  },
  {
    name: "promote",
    summary: "point a channel to a version, if every gate lets it",
    load: async () => (await import("./commands/promote.ts")).promote,
  },
  {
    name: "rollback",
    summary: "point a channel back to what it named before",
    load: async () => (await import("./commands/rollback.ts")).rollback,
  },
  {
    name: "history",
    summary: "who moved which channel, when, and to what",
    load: async () => (await import("./commands/history.ts")).history,
  },
  {
    name: "yank",
    summary: "withdraw a version: sync and serve refuse it",
    load: async () => (await import("./commands/yank.ts")).yank,
  },
  {
    name: "sign",
    summary: "sign a version that is published already",
    load: async () => (await import("./commands/sign.ts")).sign,
  },
  {
    name: "keys",
    summary: "keys that releases are signed with",
    commands: [
      {
        name: "generate",
        summary: "make a key pair: one signs, the other goes into the apps' config",
        load: async () => (await import("./commands/keys-generate.ts")).keysGenerate,
      },
    ],
  },
  {
    name: "trust",
    summary: "what this machine remembers of channels",
    commands: [
      {
        name: "reset",
        summary: "forget the highest move seen of channels",
        load: async () => (await import("./commands/trust-reset.ts")).trustReset,
      },
    ],
  },
  {
    name: "prune",
    summary: "remove old versions of a model that no channel names",
    load: async () => (await import("./commands/prune.ts")).prune,
  },
  {
    name: "presign",
    summary: "make a signed URL for one file, for a while (S3, GCS)",
    load: async () => (await import("./commands/presign.ts")).presign,
  },
  {
    name: "adopt",
    summary: "hash and pin what was uploaded by hand",
    load: async () => (await import("./commands/adopt.ts")).adopt,
  },
  {
    name: "cache",
    summary: "the copies of weight files that all apps of this user share",
    commands: [
      {
        name: "status",
        summary: "sizes, hits and misses",
        load: async () => (await import("./commands/cache-status.ts")).cacheStatus,
      },
      {
        name: "verify",
        summary: "hash every cached file and drop the damaged",
        load: async () => (await import("./commands/cache-verify.ts")).cacheVerify,
      },
      {
        name: "gc",
        summary: "remove leftovers, and the least recently used files above a budget",
        load: async () => (await import("./commands/cache-gc.ts")).cacheGc,
      },
      {
        name: "clear",
        summary: "remove what no process is bringing in",
        load: async () => (await import("./commands/cache-clear.ts")).cacheClear,
      },
    ],
  },
  {
    name: "dataset",
    summary: "labelled samples that models are retrained from",
    commands: [
      {
        name: "add",
        summary: "store originals from a folder per class, local or in a store",
        load: async () => (await import("./commands/dataset-add.ts")).datasetAdd,
      },
      {
        name: "list",
        summary: "samples by class, and what waits in quarantine",
        load: async () => (await import("./commands/dataset-list.ts")).datasetList,
      },
      {
        name: "approve",
        summary: "let samples out of quarantine, or throw them away",
        load: async () => (await import("./commands/dataset-approve.ts")).datasetApprove,
      },
    ],
  },
  {
    name: "retrain",
    summary: "train a new version from the samples, measure it, publish it",
    load: async () => (await import("./commands/retrain.ts")).retrain,
  },
  {
    name: "worker",
    summary: "take retraining runs from a queue (Redis)",
    load: async () => (await import("./commands/worker.ts")).worker,
  },
  {
    name: "bucket",
    summary: "the bucket that a store lies in",
    commands: [
      {
        name: "setup",
        summary: "create it, versions, lifecycle, CORS, public reading: shown first",
        load: async () => (await import("./commands/bucket-setup.ts")).bucketSetup,
      },
    ],
  },
  {
    name: "policy",
    summary: "the least rights that a store needs",
    commands: [
      {
        name: "s3",
        summary: "the least IAM policy for readers or publishers of an S3 store",
        load: async () => (await import("./commands/policy-s3.ts")).policyS3,
      },
    ],
  },
  {
    name: "cost",
    summary: "what each host would charge for weights and downloads",
    load: async () => (await import("./commands/cost.ts")).cost,
  },
  {
    name: "doctor",
    summary: "find out what is wrong with this machine or a store, and how to fix it",
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  {
    name: "serve",
    summary: "start the server: models fetched when first asked, replaced while serving",
    load: async () => (await import("./commands/serve.ts")).serve,
  },
  {
    name: "demo",
    summary: "see the whole way once: train, publish, sync, corrupt, repair, update",
    load: async () => (await import("./commands/demo.ts")).demo,
  },
];
