import { lazy, type ReactNode, Suspense, useEffect, useRef } from "react";
import { connectionStore } from "./client/connection.ts";
import { pulse } from "./client/pulse.ts";
import { useAccess } from "./client/use-access.ts";
import { useStream } from "./client/use-stream.ts";
import { loadPage } from "./pages/load-page.tsx";
import { ModelsPage } from "./pages/models-page.tsx";
import { SyncPage } from "./pages/sync-page.tsx";
import { SideBar } from "./shell/side-bar.tsx";
import type { Route } from "./route.ts";
import { useRoute } from "./use-route.ts";

// What the first view does not show comes when it is asked for.
const ModelPage = lazy(() =>
  loadPage(async () => (await import("./pages/model/model-page.tsx")).ModelPage),
);
const TryPage = lazy(() =>
  loadPage(async () => (await import("./pages/try/try-page.tsx")).TryPage),
);
const TrainingPage = lazy(() =>
  loadPage(async () => (await import("./pages/training/training-page.tsx")).TrainingPage),
);
const RunPage = lazy(() =>
  loadPage(async () => (await import("./pages/training/run-page.tsx")).RunPage),
);
const SystemPage = lazy(() =>
  loadPage(async () => (await import("./pages/system/system-page.tsx")).SystemPage),
);

/** The whole dashboard: the bar at the side and the page that the address names. */
export function App(): ReactNode {
  const route = useRoute();
  const { adminToken } = useAccess();
  const first = useRef(true);

  // Whatever the server says has happened, every figure on the page is asked for again.
  useStream(adminToken ? "/api/v1/admin/events" : null, pulse.beatSoon);

  useEffect(() => {
    let was = connectionStore.get();
    return connectionStore.subscribe(() => {
      const now = connectionStore.get();
      if (was === "lost" && now === "live") pulse.beat();
      was = now;
    });
  }, []);

  // A new page starts at its top, and the keyboard and the screen reader start there too.
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }, [route]);

  return (
    <div className="shell">
      <SideBar route={route} />
      <Suspense fallback={<main className="page" id="main" tabIndex={-1} />}>
        <CurrentPage route={route} />
      </Suspense>
    </div>
  );
}

function CurrentPage({ route }: { readonly route: Route }): ReactNode {
  switch (route.page) {
    case "models":
      return <ModelsPage />;
    case "model":
      return <ModelPage key={route.model} name={route.model} />;
    case "try":
      return <TryPage model={route.model} />;
    case "training":
      return <TrainingPage model={route.model} />;
    case "run":
      return <RunPage key={route.run} id={route.run} />;
    case "sync":
      return <SyncPage />;
    case "system":
      return <SystemPage />;
  }
}
