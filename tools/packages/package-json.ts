import type { Published } from "./published.ts";

type Versions = Readonly<Record<string, string>>;

/** The fields of a workspace's `package.json` that matter here. */
export interface WorkspacePackage {
  readonly name: string;
  readonly description: string;
  readonly license: string;
  readonly type: string;
  readonly bin?: Versions;
  readonly exports?: Readonly<Record<string, string | Versions>>;
  readonly engines: Versions;
  readonly dependencies?: Versions;
  readonly peerDependencies?: Versions;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional: boolean }>>;
  readonly generators?: string;
  readonly executors?: string;
}

/**
 * `package.json` as it is published: of one version with its siblings, without what only the workspace knows (sources
 * condition, Nx, private), and with what need not be installed as optional peers.
 */
export function packageJson(
  own: WorkspacePackage,
  { optional = [], extra = [], copies = {}, folder }: Published,
  release: { readonly version: string; readonly repository: string },
): object {
  const { version, repository } = release;
  const pinned = Object.entries(own.dependencies ?? {}).map(([name, wanted]) => {
    const isSibling = wanted === "*";
    return [name, isSibling ? version : wanted] as const;
  });
  const dependencies = pinned.filter(([name]) => !optional.includes(name));
  // The exact versions are those that the tests ran with; a user may have a later one of the same major.
  const peers = pinned
    .filter(([name]) => optional.includes(name))
    .map(([name, wanted]) => [name, wanted === version ? wanted : `^${wanted}`] as const);
  const missing = optional.filter(
    (name) =>
      !pinned.some(([known]) => known === name) && own.peerDependencies?.[name] === undefined,
  );
  if (missing.length > 0) throw new Error(`${own.name}: no dependency ${missing.join(", ")}`);
  const peerDependencies = {
    ...atVersion(own.peerDependencies, version),
    ...Object.fromEntries(peers),
  };
  const peerDependenciesMeta = {
    ...own.peerDependenciesMeta,
    ...Object.fromEntries(peers.map(([name]) => [name, { optional: true }])),
  };
  return {
    name: own.name,
    version,
    description: own.description,
    license: own.license,
    repository: { type: "git", url: repository, directory: folder },
    type: own.type,
    ...(own.bin && { bin: own.bin }),
    ...(own.exports && { exports: withoutSources(own.exports) }),
    ...(own.generators && { generators: own.generators }),
    ...(own.executors && { executors: own.executors }),
    files: ["dist", ...(own.bin ? ["bin"] : []), ...extra, ...Object.keys(copies)],
    engines: own.engines,
    ...(dependencies.length > 0 && { dependencies: Object.fromEntries(dependencies) }),
    ...(Object.keys(peerDependencies).length > 0 && { peerDependencies, peerDependenciesMeta }),
    publishConfig: { access: "public", provenance: true },
  };
}

function atVersion(peers: Versions = {}, version: string): Versions {
  return Object.fromEntries(
    Object.entries(peers).map(([name, wanted]) => [name, wanted === "*" ? version : wanted]),
  );
}

function withoutSources(exports: NonNullable<WorkspacePackage["exports"]>): object {
  return Object.fromEntries(
    Object.entries(exports).map(([path, target]) => {
      if (typeof target === "string") return [path, target];
      const { "@plimsoll/source": _, ...conditions } = target;
      return [path, conditions];
    }),
  );
}
