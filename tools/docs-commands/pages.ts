import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FencedBlock, fencedBlocks } from "./fenced-blocks.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The blocks of README, CONTRIBUTING, SECURITY and everything below `docs`. */
export function allBlocks(): readonly FencedBlock[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .map((path) => join("docs", path))
    // Generated, and not committed.
    .filter((path) => path.endsWith(".md") && !path.startsWith(join("docs", "api")));
  return ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...docs.sort()].flatMap((page) =>
    fencedBlocks(page, readFileSync(join(root, page), "utf8")),
  );
}
