/**
 * `npm run nightly`: the tests with their long sweeps, which `npm test` only samples, then the whole crash sweep, the
 * soak and the rehearsal of a release with each of its breaks. Arguments narrow the tests, and leave the rest out.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const env = { ...process.env, PLIMSOLL_NIGHTLY: "1" };
const jest = fileURLToPath(new URL("../node_modules/jest/bin/jest.js", import.meta.url));
const narrowed = process.argv.slice(2);

/** Runs one part to its end; the others run even if it failed. */
function part(program, args) {
  const { status } = spawnSync(program, args, { cwd: root, stdio: "inherit", env });
  if (status !== 0) process.exitCode = 1;
}

part(process.execPath, ["--experimental-vm-modules", "--no-warnings", jest, ...narrowed]);
if (narrowed.length === 0) {
  for (const script of ["crash", "soak", "rehearse"]) part("npm", ["run", script]);
  for (const broken of ["tag", "smoke", "approval", "finish", "deploy", "watch", "again"]) {
    part("npm", ["run", "rehearse", "--", "--break", broken]);
  }
}
