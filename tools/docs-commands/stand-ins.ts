/** Commands of pages that a test cannot run, and why. What they name is checked all the same. */
export interface StandIn {
  readonly command: RegExp;
  readonly reason: string;
}

export const standIns: readonly StandIn[] = [
  {
    command: /^docker /,
    reason: "needs a Docker engine; image-root.test runs the Dockerfiles' steps",
  },
  { command: /^kubectl /, reason: "needs a cluster; kubernetes.test checks the files by schema" },
  { command: /^aws iam /, reason: "needs an AWS account" },
  { command: /^npm start$/, reason: "trains twice: the nightly run has it, demo.test its parts" },
  { command: /^npm (?:ci|cit)\b/, reason: "installs from the registry; CI begins with it" },
  { command: /^npm (?:test|run check|run build)\b/, reason: "runs all tests, or builds: CI does" },
  { command: /^npm run dev\b/, reason: "runs until it is ended; the dashboard's tests start it" },
  { command: /^npm run (?:bench|rehearse)\b/, reason: "takes minutes: the nightly run has it" },
  {
    command: /^node (?:tools\/deploy-files|node_modules)\//,
    reason: "takes minutes: image-root.test runs it",
  },
];

/** Why this command is not run here; undefined where it is. */
export const standInFor = (command: string): string | undefined =>
  standIns.find((each) => each.command.test(command))?.reason;

/** Files of the workspace that a command names. */
export const namedFiles = (command: string): readonly string[] =>
  command.split(/\s+/).filter((word) => /^(?:apps|deploy|tools|libs)\/\S+$/.test(word));
