import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { manifestSchemaText } from "@plimsoll/manifest";
import { format, resolveConfig } from "prettier";
import { exitCodes, thrownCodes } from "./error-codes.ts";
import { errorMeanings } from "./error-meanings.ts";
import { errorsPage } from "./errors-page.ts";
import { mapPage, type MayImport } from "./map-page.ts";
import { diskFaults, networkFaults } from "./fault-rows.ts";
import { faultTests } from "./fault-tests.ts";
import { reliabilityPage } from "./reliability-page.ts";
import { projects, root } from "./workspace.ts";

/** A generated file. */
export interface Page {
  /** From the root. */
  readonly path: string;
  readonly text: string;
}

const load = async (path: string): Promise<unknown> =>
  import(pathToFileURL(join(root, path)).href) as Promise<unknown>;

async function formatted(path: string, text: string, parser: "markdown" | "json"): Promise<Page> {
  const config = await resolveConfig(join(root, path));
  return { path, text: await format(text, { ...config, parser }) };
}

const markdown = (path: string, text: string): Promise<Page> => formatted(path, text, "markdown");

/** Everything in `docs/` that is generated. The same sources give the same text. */
export async function pages(): Promise<readonly Page[]> {
  const facts = {
    rooms: await thrownCodes(),
    exits: await exitCodes(),
    meanings: errorMeanings,
  };
  const { mayImport } = (await load("eslint.config.mjs")) as { readonly mayImport: MayImport };
  const { configSchema } = (await load("apps/cli/src/config/config-schema.ts")) as {
    readonly configSchema: object;
  };
  const { openApi } = (await load("apps/server/src/openapi/openapi.ts")) as {
    readonly openApi: (version: string) => object;
  };
  const reliability = { network: networkFaults, disk: diskFaults, tests: await faultTests() };
  return [
    await markdown("docs/reliability.md", reliabilityPage(reliability)),
    await markdown("docs/errors.md", errorsPage(facts)),
    await markdown("docs/map.md", await mapPage(await projects(), mayImport)),
    { path: "docs/protocol/manifest.schema.json", text: manifestSchemaText() },
    {
      path: "docs/protocol/config.schema.json",
      text: `${JSON.stringify(configSchema, undefined, 2)}\n`,
    },
    await formatted("docs/protocol/openapi.json", JSON.stringify(openApi("1")), "json"),
  ];
}
