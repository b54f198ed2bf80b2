import type { ListEntry, ListOptions } from "../../driver.ts";
import { attempt, objectName, type GcsContext } from "./gcs-context.ts";
import { gcsStat, type GcsMetadata } from "./gcs-stat.ts";

interface Page {
  readonly prefixes?: readonly string[];
  readonly items?: readonly (GcsMetadata & { readonly name: string })[];
  readonly nextPageToken?: string;
}

/** Objects below a prefix, page by page. */
export async function* listObjects(
  context: GcsContext,
  prefix: string,
  { depth = "deep", signal }: ListOptions = {},
): AsyncGenerator<ListEntry, void, void> {
  const base = objectName(context, "");
  let pageToken: string | undefined;
  do {
    const page: Page = await attempt(context, prefix, signal, async () => {
      const [, , reply] = await context.bucket.getFiles({
        prefix: objectName(context, prefix),
        autoPaginate: false,
        ...(depth === "shallow" ? { delimiter: "/" } : {}),
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      return (reply ?? {}) as Page;
    });
    for (const name of page.prefixes ?? []) {
      yield { type: "prefix", key: name.slice(base.length) };
    }
    for (const item of page.items ?? []) {
      yield { type: "object", ...gcsStat(item.name.slice(base.length), item) };
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}
