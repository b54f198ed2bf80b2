/** Whom a policy is for. A maintainer is a publisher who may also remove versions (`prune`). */
export type PolicyRole = "reader" | "publisher" | "maintainer";

/** One statement of an IAM policy. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: { readonly StringLike: Readonly<Record<string, readonly string[]>> };
}

/** An IAM policy document, ready for `aws iam put-role-policy`. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyOptions {
  readonly bucket: string;
  /** Of the store's keys in the bucket; empty, or ends in `/`. */
  readonly keyPrefix?: string;
  readonly role: PolicyRole;
  /** `aws-cn` or `aws-us-gov` for those regions; default `aws`. */
  readonly partition?: string;
}

/** Small objects of our own that a publisher writes and removes again: records of uploads, probes, the doctor's probe. */
const scratch = [".plimsoll/*", "plimsoll-doctor/*"];

/**
 * The least that a reader or a publisher of one store needs. Nobody but a maintainer may remove an object of a version;
 * a publisher removes only its own scratch objects. `s3:GetObject` covers HEAD, `s3:PutObject` every step of a multipart
 * upload but listing its parts and aborting it ("Actions, resources, and condition keys for Amazon S3", Service
 * Authorization Reference). A reader lists, so that an absent object is 404 and not 403.
 */
export function s3Policy({
  bucket,
  keyPrefix = "",
  role,
  partition = "aws",
}: PolicyOptions): PolicyDocument {
  const bucketArn = `arn:${partition}:s3:::${bucket}`;
  const objects = (pattern: string): string => `${bucketArn}/${keyPrefix}${pattern}`;
  const list: PolicyStatement = {
    Sid: "List",
    Effect: "Allow",
    Action: ["s3:ListBucket"],
    Resource: [bucketArn],
    ...(keyPrefix === "" ? {} : { Condition: { StringLike: { "s3:prefix": [`${keyPrefix}*`] } } }),
  };
  const read: PolicyStatement = {
    Sid: "Read",
    Effect: "Allow",
    Action: ["s3:GetObject"],
    Resource: [objects("*")],
  };
  if (role === "reader") return { Version: "2012-10-17", Statement: [list, read] };
  const publish: readonly PolicyStatement[] = [
    {
      Sid: "Publish",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      Resource: [objects("*")],
    },
    {
      // Takes no condition on a prefix.
      Sid: "FindUnfinishedUploads",
      Effect: "Allow",
      Action: ["s3:ListBucketMultipartUploads"],
      Resource: [bucketArn],
    },
    {
      Sid: role === "maintainer" ? "Remove" : "RemoveOwnScratch",
      Effect: "Allow",
      Action: ["s3:DeleteObject"],
      Resource: role === "maintainer" ? [objects("*")] : scratch.map(objects),
    },
  ];
  return { Version: "2012-10-17", Statement: [list, read, ...publish] };
}
