import { parseStoreUrl, type PolicyRole, s3Policy } from "@plimsoll/storage";
import { type CommandModule, withExamples } from "../command.ts";
import { CliError } from "../error.ts";

interface PolicyFlags {
  readonly for: string;
}

const roles: readonly PolicyRole[] = ["reader", "publisher", "maintainer"];

/** Partition of the ARNs in regions that are worlds of their own. */
function partitionOf(region = ""): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

export const policyS3: CommandModule<PolicyFlags> = {
  define(command) {
    command
      .argument("<store>", "s3:// URL or configured name; its prefix bounds the policy")
      .option("--for <role>", "reader, publisher, or maintainer (who may also prune)", "reader");
    withExamples(command, [
      ["plimsoll policy s3 s3://my-bucket/team --for publisher > policy.json", "what CI needs"],
      [
        "aws iam put-user-policy --user-name app --policy-name weights --policy-document file://policy.json # plimsoll policy s3 made it",
        "give it to a user",
      ],
    ]);
  },

  run({ output, settings, io }, [named = ""], flags) {
    const { url } = settings.store(named, "policy s3");
    const location = parseStoreUrl(url);
    if (location.kind !== "s3") {
      throw new CliError("E_USAGE", `${location.url}: an IAM policy is for s3:// stores`);
    }
    const role = roles.find((each) => each === flags.for);
    if (role === undefined) {
      throw new CliError("E_USAGE", `--for "${flags.for}": ${roles.join(", ")}`);
    }
    const policy = s3Policy({
      bucket: location.root,
      keyPrefix: location.prefix === "" ? "" : `${location.prefix}/`,
      role,
      partition: partitionOf(location.options["region"] ?? io.env["AWS_REGION"]),
    });
    output.line(JSON.stringify(policy, undefined, 2));
    output.event({ type: "result", command: "policy s3", role, policy });
    return Promise.resolve(undefined);
  },
};
