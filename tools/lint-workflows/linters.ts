/** A program that reads workflows, as its project released it. */
export interface Linter {
  readonly name: string;
  readonly version: string;
  /** By `<platform>-<arch>` of Node: the archive, and its SHA-256 in hex. */
  readonly archives: Readonly<Record<string, { readonly url: string; readonly sha256: string }>>;
  /** The program's arguments, given the workspace's workflows and those outside of `.github`. */
  readonly args: (files: {
    readonly workflows: readonly string[];
    readonly others: readonly string[];
  }) => readonly string[];
}

const actionlint = "https://github.com/rhysd/actionlint/releases/download/v1.7.12";
const zizmor = "https://github.com/zizmorcore/zizmor/releases/download/v1.30.1";

/**
 * What our workflows must pass: actionlint for what does not work, zizmor for what an attacker could use. Both are
 * pinned by version and digest; whoever changes a version takes the digests from its release page.
 */
export const linters: readonly Linter[] = [
  {
    name: "actionlint",
    version: "1.7.12",
    archives: {
      "linux-x64": {
        url: `${actionlint}/actionlint_1.7.12_linux_amd64.tar.gz`,
        sha256: "8aca8db96f1b94770f1b0d72b6dddcb1ebb8123cb3712530b08cc387b349a3d8",
      },
      "linux-arm64": {
        url: `${actionlint}/actionlint_1.7.12_linux_arm64.tar.gz`,
        sha256: "325e971b6ba9bfa504672e29be93c24981eeb1c07576d730e9f7c8805afff0c6",
      },
    },
    args: ({ workflows, others }) => ["-no-color", ...workflows, ...others],
  },
  {
    name: "zizmor",
    version: "1.30.1",
    archives: {
      "linux-x64": {
        url: `${zizmor}/zizmor-x86_64-unknown-linux-gnu.tar.gz`,
        sha256: "e65324f4430c2717591937edcec90ccbefaf14c174f8ec9415e03ca875b46e1a",
      },
      "linux-arm64": {
        url: `${zizmor}/zizmor-aarch64-unknown-linux-gnu.tar.gz`,
        sha256: "7ff1dce33bdd18fd2a4affe63bdd47efcccca97b2cec1c1863ec26e9e2647540",
      },
    },
    // The folder besides the files: it finds Dependabot's settings as well.
    args: ({ others }) => ["--offline", "--no-progress", "--color=never", ".", ...others],
  },
];
