import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** README, CONTRIBUTING, SECURITY, CHANGELOG and everything below `docs` that a person wrote, from the workspace's root. */
export function allPages(): readonly string[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .map((path) => join("docs", path))
    // Generated, and not committed.
    .filter((path) => path.endsWith(".md") && !path.startsWith(join("docs", "api")));
  return ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ...docs.sort()];
}

export const readPage = (page: string): string => readFileSync(join(root, page), "utf8");
