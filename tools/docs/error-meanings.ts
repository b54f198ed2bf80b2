/** What an error code means to the person who meets it, and what helps. */
export interface Meaning {
  readonly meaning: string;
  readonly help: string;
}

/** One entry for every code that a room can throw or a command can end with: `errorsPage` refuses a missing and a foreign one. */
export const errorMeanings: Readonly<Record<string, Meaning>> = {
  E_BUG: {
    meaning: "Plimsoll did something that it should not.",
    help: "Run again with `--log-level debug` and report what it prints.",
  },
  E_USAGE: {
    meaning: "A flag, an option, a variable or a setting cannot be used as it is.",
    help: "The message names it. `plimsoll <command> --help` shows what is accepted.",
  },
  E_NOT_FOUND: {
    meaning: "The file, version, model or object does not exist where it was looked for.",
    help: "Check the name; `plimsoll models` and `plimsoll versions <model>` list what a store has. A release that is still a draft counts as absent.",
  },
  E_AUTH: {
    meaning:
      "The host or the operating system does not allow it, or the store cannot do it at all.",
    help: "Check credentials and permissions; `plimsoll doctor <store>` says which right is missing.",
  },
  E_PATH: {
    meaning:
      "A name is outside the grammar of weight files or keys, or something that is no regular file is in the way.",
    help: "Rename it: letters, digits and `._+@-`, segments joined by `/`; move links and devices out of the folder.",
  },
  E_MANIFEST_PARSE: {
    meaning:
      "The bytes are no strict JSON document: duplicate keys, bad UTF-8, too deep, a web page instead of a manifest.",
    help: "The message says where. Fetch or write the manifest again.",
  },
  E_MANIFEST_SCHEMA: {
    meaning: "The JSON is no manifest that this version understands.",
    help: "The message names the field. A newer major version of the format needs a newer Plimsoll.",
  },
  E_MISMATCH: {
    meaning: "What came belongs to another model or version than the one that was asked for.",
    help: "Check the URL or the store; somebody may have copied a manifest to the wrong place.",
  },
  E_DIGEST: {
    meaning: "The SHA-256 of the bytes is not the one that the manifest pins.",
    help: "`plimsoll sync` replaces a damaged local file. If the host has other bytes, publish again under a new version.",
  },
  E_SIZE: {
    meaning: "The number of bytes is not the one that the manifest pins.",
    help: "As for `E_DIGEST`. A very small file is often an error page or a cut upload.",
  },
  E_SIG: {
    meaning: "A signature is missing or does not fit the bytes and the configured keys.",
    help: "Do not use the files. Check the key in the config, then ask who publishes.",
  },
  E_KEY: {
    meaning: "A key cannot be used: unreadable, of the wrong kind, or weak.",
    help: "Make one with `plimsoll keys generate`.",
  },
  E_STALE: {
    meaning: "The channel's pointer has expired: nobody has renewed it in time.",
    help: "Check that publishing still runs, and that this machine's clock is right.",
  },
  E_YANKED: {
    meaning: "The version was withdrawn.",
    help: "Take another: `plimsoll versions <model>`.",
  },
  E_LFS_POINTER: {
    meaning: "Where weights should be there is a Git-LFS pointer, a text of three lines.",
    help: "Run `git lfs pull` and try again.",
  },
  E_SCAN: {
    meaning: "The file contains something that the scan does not know to be harmless.",
    help: "`plimsoll scan <file>` lists it. Export ONNX or safetensors, or allow it on purpose.",
  },
  E_ROLLBACK: {
    meaning: "The channel's pointer is older than one seen before.",
    help: "A host serves an old copy, or somebody replays one. After a deliberate reset: `plimsoll trust reset`.",
  },
  E_EQUIVOCATION: {
    meaning: "Two different pointers carry the same sequence number.",
    help: "Somebody wrote past the conditional write. Compare the store's copies.",
  },
  E_SEQUENCE: {
    meaning: "The pointer's sequence number jumps further than is plausible.",
    help: "If it is right all the same: `plimsoll trust reset`.",
  },
  E_PIN: {
    meaning: "Without a digest or a key, the source must be pinned to exact bytes, and is not.",
    help: "Name a commit or a version instead of a branch.",
  },
  E_RANGE: {
    meaning: "The host answered a request for a range with another range or none.",
    help: "Try again; a proxy that rewrites answers is the usual cause. Another mirror helps.",
  },
  E_REDIRECT: {
    meaning: "The host redirects too often, in a circle, or to a place that may not be asked.",
    help: "Use the final URL in the manifest.",
  },
  E_NETWORK: {
    meaning: "The host cannot be reached, or broke off too often.",
    help: "Run the same command again: it goes on where it stopped. `plimsoll doctor <store>` tests the way.",
  },
  E_TIMEOUT: {
    meaning: "The host did not answer in time.",
    help: "As for `E_NETWORK`.",
  },
  E_DISK: {
    meaning: "The disk is full, read-only or failing.",
    help: "Free space, `plimsoll cache clear`, or set `PLIMSOLL_CACHE_DIR` to another disk.",
  },
  E_LIMIT: {
    meaning: "More bytes, files or depth than is allowed, or than there is room for.",
    help: "The message names the limit. Exit 5 for the caps of a manifest, 7 for space.",
  },
  E_LOCKED: {
    meaning: "Another process holds what is needed, and did not let go in time.",
    help: "Wait for it, or end it. A lock of a process that died is broken by itself.",
  },
  E_EXISTS: {
    meaning: "The version or object exists already, with other bytes. Versions are immutable.",
    help: "Publish under a new version: `--release v1.0.1`.",
  },
  E_CONFLICT: {
    meaning: "Somebody else changed it in the meantime, or a file changed while it was read.",
    help: "Look at what is there now, and run the command again.",
  },
  E_CLASS: {
    meaning:
      "A sample's label is no class name, is none of the model's classes, or the same bytes have another label.",
    help: "The message lists the classes. Allow new ones, or add the first samples with `plimsoll dataset add`.",
  },
  E_QUOTA: {
    meaning: "Too many samples of one class or from one sender came within a day.",
    help: "Look at what waits with `plimsoll dataset list` and let it in with `plimsoll dataset approve`, or go on tomorrow.",
  },
  E_SAMPLES: {
    meaning: "There are too few labelled samples, or too few classes, to train a model.",
    help: "The message says what there is and what is needed; `plimsoll dataset add` brings more.",
  },
  E_GATE: {
    meaning:
      "A condition for this step is not met: a metric is too low, or a host's limits forbid it.",
    help: "The message names the condition.",
  },
  E_MODEL: {
    meaning: "The bytes are no model that can be read or run.",
    help: "Export it as ONNX again. `.pt`, `.h5` and `.keras` are distributed but never run.",
  },
  E_OUTPUT: {
    meaning: "The model gave numbers that cannot be sent, such as NaN.",
    help: "Check the input's range and the model.",
  },
  E_CANCELLED: {
    meaning: "It was stopped from outside, by Ctrl-C or by the caller.",
    help: "Run it again: what had arrived is used.",
  },
  E_SIGNATURE: {
    meaning: "Inputs or outputs of the new version are not those of the one that serves.",
    help: "Publish it under another model, or reload with `force` where clients were changed with it.",
  },
  E_GOLDEN: {
    meaning: "The new version did not give the outputs that were recorded when it was published.",
    help: "It does not serve. Look at what it was exported with, and publish again.",
  },
  E_MEMORY: {
    meaning: "Loading it would not fit into the memory.",
    help: "The message has the numbers: unload or unpin another model, or raise `PLIMSOLL_MEMORY_BUDGET`.",
  },
  E_INPUT: {
    meaning: "The picture, sound, text or tensor cannot be used.",
    help: "The message says what is expected.",
  },
  E_MEDIA: {
    meaning: "The input is of a kind that is not taken here.",
    help: "Send JPEG, PNG or WebP, WAV, MP3, FLAC or Ogg, and ask a model of the right task.",
  },
  E_CRASH: {
    meaning: "The process of a model ended while it worked.",
    help: "It starts again by itself: try again. The log has its last words.",
  },
  E_BUSY: {
    meaning: "Too much is asked at the same time, or the model is starting again.",
    help: "Try again after the time in `Retry-After`.",
  },
  E_SUPERSEDED: {
    meaning: "A newer request for the same model came first.",
    help: "Nothing: what the newer one asked for serves.",
  },
  E_CLOSED: {
    meaning: "It is about to end, or is not part of what was started.",
    help: "Ask another replica, or start it with what it needs.",
  },
  E_ABORTED: {
    meaning: "The caller did not wait for the answer.",
    help: "Ask again.",
  },
};
