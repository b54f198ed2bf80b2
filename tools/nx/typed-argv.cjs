/**
 * The arguments for a tool, as they were typed: what follows the target's name on Nx's command line, less the first
 * `--`. Nx's own flags stand before the name: `nx run --skip-nx-cache publish-weights --to …`.
 *
 * @param {readonly string[] | undefined} commandLine what follows `nx`; undefined where the plugin did not run
 * @param {{ readonly project: string, readonly target: string }} task
 * @param {readonly string[]} unparsed what Nx itself passes on: all there is when the target was started by another
 *   target, or named in a list
 * @returns {readonly string[]}
 */
exports.typedArgv = (commandLine, { project, target }, unparsed) => {
  const names = [target, `${project}:${target}`];
  const at = commandLine?.findIndex(
    (word) => names.includes(word) || word.startsWith(`${project}:${target}:`),
  );
  if (commandLine === undefined || at === undefined || at < 0) return unparsed;
  const words = commandLine.slice(at + 1);
  // `nx publish-weights tools …`, without `run`, has the project behind the target.
  if (!commandLine.slice(0, at).includes("run") && words[0] === project) words.shift();
  const separator = words.indexOf("--");
  return separator < 0 ? words : words.toSpliced(separator, 1);
};
