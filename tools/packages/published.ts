/** What becomes a package on npm, in the order of what needs what. */
export interface Published {
  /** Folder in the workspace. */
  readonly folder: string;
  /**
   * Dependencies of the workspace that a user of the package brings only where they use what needs them: optional peers
   * there, loaded when they are first wanted.
   */
  readonly optional?: readonly string[];
  /** Further files and folders that belong to it, besides `dist` and `bin`. */
  readonly extra?: readonly string[];
  /** Built folders of other projects that go into it: where from in the workspace, by their name in the package. */
  readonly copies?: Readonly<Record<string, string>>;
}

export const published: readonly Published[] = [
  { folder: "libs/manifest" },
  {
    folder: "libs/storage",
    optional: [
      "@aws-sdk/client-s3",
      "@aws-sdk/s3-request-presigner",
      "@google-cloud/storage",
      "@huggingface/hub",
      "@octokit/rest",
    ],
  },
  { folder: "libs/fetch" },
  { folder: "libs/cache" },
  { folder: "libs/weights" },
  { folder: "libs/api" },
  { folder: "libs/inference" },
  { folder: "libs/training" },
  { folder: "libs/pipeline", optional: ["bullmq", "ioredis"] },
  { folder: "libs/nx", extra: ["generators.json", "src/init/schema.json"] },
  {
    folder: "apps/server",
    optional: ["ioredis"],
    copies: { dashboard: "apps/dashboard/dist" },
  },
  { folder: "apps/trainer" },
  {
    folder: "apps/cli",
    optional: [
      "@plimsoll/inference",
      "@plimsoll/pipeline",
      "@plimsoll/server",
      "@plimsoll/trainer",
      "@plimsoll/training",
    ],
  },
];
