const { spawn } = require("node:child_process");
const { typedArgv } = require("./typed-argv.cjs");

/**
 * Nx executor: runs a TypeScript tool with the arguments as they were typed. There is no shell in between, so `&`,
 * `$(…)`, quotes and spaces are just characters.
 *
 * @param {{ readonly script: string, readonly argv?: readonly string[] }} options `script` from the workspace's root;
 *   `argv` is what Nx passes on by itself
 * @param {{ readonly root: string, readonly projectName: string, readonly targetName: string }} context
 */
module.exports = async function run({ script, argv = [] }, { root, projectName, targetName }) {
  const typed = process.env.PLIMSOLL_NX_ARGV;
  const commandLine = typed === undefined ? undefined : JSON.parse(typed);
  const args = typedArgv(commandLine, { project: projectName, target: targetName }, argv);
  const child = spawn(
    process.execPath,
    ["--conditions=@plimsoll/source", "--import", "tsx", script, ...args],
    { cwd: root, stdio: "inherit", shell: false },
  );
  const pass = (signal) => child.kill(signal);
  process.once("SIGTERM", pass);
  const status = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  process.off("SIGTERM", pass);
  return { success: status === 0 };
};
