const { dirname } = require("node:path");

/**
 * Nx plugin: `build` of a project is `tools/build.mjs` for it, which builds what it needs and bundles the libraries; and
 * it hands the command line of `nx` on to the executor, which runs in another process.
 *
 * What Nx passes on by itself is not what was typed: it keeps `--exclude` for itself, and drops everything before a
 * `--` that comes later.
 */
exports.name = "plimsoll-argv";

exports.createNodesV2 = [
  "{libs,apps}/*/tsconfig.json",
  (files) =>
    files.map((file) => {
      const project = dirname(file);
      const build = {
        command: `node tools/build.mjs ${project}`,
        cache: false,
        // What the lint rule on dependencies looks at: the code, not the scripts that build it.
        inputs: ["{projectRoot}/src/**/*", "{projectRoot}/bin/**/*", "{projectRoot}/package.json"],
      };
      return [file, { projects: { [project]: { targets: { build } } } }];
    }),
];

/** What a plugin sets in its environment here, Nx sets in that of its tasks. */
exports.preTasksExecution = async (_options, { argv }) => {
  process.env.PLIMSOLL_NX_ARGV = JSON.stringify(argv.slice(2));
};
