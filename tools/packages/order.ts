import { published } from "./published.ts";

/** A package folder that `npm run build` wrote. */
export interface Built {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * Packages so that each comes after those of ours which it needs: whoever installs one while they are being published
 * finds all of it.
 *
 * @throws Error for a circle.
 */
export function publishOrder<Package extends Built>(packages: readonly Package[]): Package[] {
  const left = new Map(packages.map((each) => [each.name, each]));
  const ordered: Package[] = [];
  while (left.size > 0) {
    const ready = [...left.values()].filter((each) => !needs(each).some((name) => left.has(name)));
    if (ready.length === 0) throw new Error(`a circle: ${[...left.keys()].join(", ")}`);
    for (const each of ready) left.delete(each.name);
    ordered.push(...ready);
  }
  return ordered;
}

/** Optional peers are brought by whoever wants them, and may need this one in turn. */
const needs = ({ dependencies = {} }: Built): readonly string[] => Object.keys(dependencies);

/** How many packages a release has. */
export const packageCount = published.length;
