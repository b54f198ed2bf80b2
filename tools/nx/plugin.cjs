/**
 * Nx plugin: hands the command line of `nx` on to the executor, which runs in another process.
 *
 * What Nx passes on by itself is not what was typed: it keeps `--exclude` for itself, and drops everything before a
 * `--` that comes later.
 */
exports.name = "plimsoll-argv";

/** What a plugin sets in its environment here, Nx sets in that of its tasks. */
exports.preTasksExecution = async (_options, { argv }) => {
  process.env.PLIMSOLL_NX_ARGV = JSON.stringify(argv.slice(2));
};
