/**
 * `npm run docs` writes what is generated in `docs/`; `npm run docs -- --check` writes nothing and fails where a page
 * is not what the code says.
 */
import { pages } from "./pages.ts";
import { root } from "./workspace.ts";
import { writePages } from "./write-pages.ts";

const check = process.argv.includes("--check");
const stale = await writePages(await pages(), { root, check });
for (const path of stale) {
  if (check) console.error(`${path}: not what the code says: run npm run docs and commit it`);
  else console.log(`${path}: written`);
}
if (stale.length === 0) console.log("docs: up to date");
else if (check) process.exitCode = 1;
