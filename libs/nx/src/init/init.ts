import { formatFiles, joinPathFragments, readNxJson, type Tree, updateNxJson } from "@nx/devkit";

/** What `nx g @plimsoll/nx:init` takes. */
export interface InitOptions {
  readonly directory?: string;
  readonly store?: string;
  readonly skipFormat?: boolean;
}

const plugin = "@plimsoll/nx";

/** Git takes the manifest, which pins the weights, and never the weights. */
const ignored = "*\n!.gitignore\n!manifest.json\n!model.sig\n!metadata.json\n";

/**
 * Registers the plugin in nx.json, and prepares `<directory>/weights` and `<directory>/plimsoll.config.json`. What is
 * there already stays as it is.
 */
export default async function init(tree: Tree, options: InitOptions = {}): Promise<void> {
  const nxJson = readNxJson(tree) ?? {};
  const plugins = nxJson.plugins ?? [];
  const isThere = plugins.some((entry) =>
    typeof entry === "string" ? entry === plugin : entry.plugin === plugin,
  );
  if (!isThere) updateNxJson(tree, { ...nxJson, plugins: [...plugins, plugin] });
  const { directory = "." } = options;
  const at = (...path: readonly string[]): string => joinPathFragments(directory, ...path);
  if (!tree.exists(at("weights/.gitignore"))) tree.write(at("weights/.gitignore"), ignored);
  const manifest = at("weights/manifest.json");
  if (!tree.exists(manifest)) tree.write(manifest, '{ "version": "2.0", "weights": {} }\n');
  const config = at("plimsoll.config.json");
  if (!tree.exists(config)) {
    const to = options.store ?? "./store";
    const text = { publish: { from: "weights", to: [to] }, sync: { dir: "weights" } };
    tree.write(config, `${JSON.stringify(text, undefined, 2)}\n`);
  }
  if (!options.skipFormat) await formatFiles(tree);
}
