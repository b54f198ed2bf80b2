import { type BucketPlan, type BucketWish, parseStoreUrl, planBucket } from "@plimsoll/storage";
import { collect, type CommandModule, type Context, withExamples } from "../command.ts";
import { CliError } from "../error.ts";
import { exitCode } from "../exit-code.ts";
import { oneLine } from "../text/one-line.ts";
import { parseDays } from "../text/duration.ts";
import { count } from "../text/quantity.ts";
import { table } from "../text/table.ts";

interface BucketFlags {
  readonly public?: true;
  readonly versioning?: true;
  readonly abortIncomplete?: string;
  readonly expireOld?: string;
  readonly replicateTo?: string;
  readonly replicationRole?: string;
  readonly cors?: readonly string[];
  readonly yes?: true;
  readonly allowHttp?: true;
}

function replication({ replicateTo, replicationRole }: BucketFlags): BucketWish["replicateTo"] {
  if (replicateTo === undefined) {
    if (replicationRole === undefined) return undefined;
    throw new CliError("E_USAGE", "--replication-role goes with --replicate-to <bucket>");
  }
  const bucket = replicateTo.replace(/^s3:\/\//, "");
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new CliError("E_USAGE", `--replicate-to "${replicateTo}": a bucket's name`);
  }
  if (!replicationRole?.startsWith("arn:")) {
    throw new CliError(
      "E_USAGE",
      "--replicate-to needs --replication-role arn:aws:iam::…:role/…, the role by which S3 copies",
    );
  }
  return { bucket, role: replicationRole };
}

function wishOf(flags: BucketFlags): BucketWish {
  for (const origin of flags.cors ?? []) {
    if (origin === "*" || (URL.canParse(origin) && new URL(origin).origin === origin)) continue;
    throw new CliError(
      "E_USAGE",
      `--cors "${origin}": an origin is https://host without a path, or *`,
    );
  }
  const replicateTo = replication(flags);
  return {
    public: flags.public ?? false,
    versioning: flags.versioning ?? false,
    ...(flags.abortIncomplete === undefined
      ? {}
      : { abortIncompleteDays: parseDays(flags.abortIncomplete, "--abort-incomplete") }),
    ...(flags.expireOld === undefined
      ? {}
      : { expireOldDays: parseDays(flags.expireOld, "--expire-old") }),
    ...(flags.cors === undefined ? {} : { corsOrigins: flags.cors }),
    ...(replicateTo === undefined ? {} : { replicateTo }),
  };
}

function show({ output }: Context, { bucket, steps }: BucketPlan): void {
  const rows = steps.map(({ setting, is, willBe, state }) => [
    setting,
    oneLine(is, 200),
    state === "same" ? "(as it is)" : state === "unsupported" ? "impossible" : oneLine(willBe, 200),
  ]);
  for (const line of table([[bucket, "IS", "WILL BE"], ...rows])) output.line(line);
  for (const { setting, note, state } of steps) {
    if (note !== undefined && state !== "same") output.line(`  ${setting}: ${oneLine(note, 300)}`);
  }
}

export const bucketSetup: CommandModule<BucketFlags> = {
  define(command) {
    command
      .argument("<store>", "s3:// or gs:// URL or configured name; created if it is absent")
      .option("--public", "anyone may read the files below the store's prefix")
      .option("--versioning", "keep what is overwritten or removed as old versions")
      .option("--abort-incomplete <days>", "remove uploads that nobody ended, e.g. after 7d")
      .option("--expire-old <days>", "remove old versions of objects, e.g. after 90d")
      .option("--cors <origin>", "pages of https://… may read by script; repeatable", collect)
      .option("--replicate-to <bucket>", "copy every new object to this bucket too (Amazon S3)")
      .option("--replication-role <arn>", "the IAM role by which S3 copies")
      .option("--yes", "make the changes; without it they are only shown")
      .option("--allow-http", "accept http:// beyond this machine");
    withExamples(command, [
      [
        "plimsoll bucket setup s3://my-weights --versioning --abort-incomplete 7d --expire-old 90d",
        "see what is and what would be",
      ],
      ["plimsoll bucket setup s3://my-weights --versioning --abort-incomplete 7d --yes", "do it"],
      [
        "plimsoll bucket setup gs://my-weights --public --cors https://app.my-site.net --yes",
        "let anyone download, and a web page read",
      ],
    ]);
  },

  async run(context, [named = ""], flags) {
    const { output, settings, io, signal } = context;
    const wish = wishOf(flags);
    const { url } = settings.store(named, "bucket setup");
    if (settings.offline && parseStoreUrl(url).kind !== "file") {
      throw new CliError("E_USAGE", `${url}: needs the network, which PLIMSOLL_OFFLINE forbids`);
    }
    const plan = await planBucket(url, wish, {
      env: io.env,
      allowHttp: flags.allowHttp ?? false,
      signal,
    });
    try {
      show(context, plan);
      for (const step of plan.steps) output.event({ type: "step", ...step });
      const impossible = plan.steps.filter(({ state }) => state === "unsupported");
      const changes = plan.steps.filter(({ state }) => state === "change");
      const isRefused = impossible.length > 0;
      if (isRefused) {
        const names = impossible.map(({ setting }) => setting).join(", ");
        const message = `${plan.bucket}: this host has no ${names}: leave it out; nothing was changed`;
        output.fail({ code: "E_USAGE", message, exit: exitCode("E_USAGE") });
      } else if (changes.length === 0) output.line("Nothing to do.");
      else if (flags.yes) {
        await plan.apply(({ setting }) => output.log("info", `${plan.bucket}: ${setting} is set`));
        output.line(`Made ${count(changes.length, "change")}.`);
      } else output.line(`${count(changes.length, "change")} to make. Run it with --yes to do so.`);
      const applied = !isRefused && flags.yes === true;
      output.event({
        type: "result",
        command: "bucket setup",
        bucket: plan.bucket,
        changes: changes.length,
        applied,
      });
      return isRefused ? exitCode("E_USAGE") : undefined;
    } finally {
      await plan.close();
    }
  },
};
