import type { ComponentType, ReactNode } from "react";
import { Empty } from "../parts/empty.tsx";
import { Page } from "../parts/page.tsx";

/**
 * Loads a page that the first view does not need. After an update of the server its old files are gone: then a page
 * comes that says so, instead of none at all.
 */
export async function loadPage<P>(
  load: () => Promise<ComponentType<P>>,
): Promise<{ default: ComponentType<P> }> {
  try {
    return { default: await load() };
  } catch {
    return { default: Outdated };
  }
}

function Outdated(): ReactNode {
  return (
    <Page title="This page could not be loaded">
      <section className="card">
        <Empty title="The server has a newer dashboard, or was out of reach just now">
          <p>Loading it again forgets the admin token.</p>
          <button
            type="button"
            className="button"
            data-kind="primary"
            onClick={() => location.reload()}
          >
            Load again
          </button>
        </Empty>
      </section>
    </Page>
  );
}
