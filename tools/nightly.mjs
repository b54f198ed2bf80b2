/** `npm run nightly`: the tests with their long sweeps, which `npm test` only samples. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const jest = fileURLToPath(new URL("../node_modules/jest/bin/jest.js", import.meta.url));
const run = spawnSync(
  process.execPath,
  ["--experimental-vm-modules", "--no-warnings", jest, ...process.argv.slice(2)],
  { stdio: "inherit", env: { ...process.env, PLIMSOLL_NIGHTLY: "1" } },
);
process.exitCode = run.status ?? 1;
