import { lazy, type ReactNode, Suspense } from "react";
import { Card } from "../../parts/card.tsx";
import { Loading } from "../../parts/loading.tsx";

// Only who opens the card needs what reads it.
const Markdown = lazy(async () => ({
  default: (await import("../../markdown/markdown.tsx")).Markdown,
}));

/** What whoever published the version wrote about it. */
export function ModelCard({ text }: { readonly text: string | null }): ReactNode {
  return (
    <Card title="Model card">
      {text ? (
        <div className="card-text" tabIndex={0} role="region" aria-label="Text of the model card">
          <Suspense fallback={<Loading rows={4} />}>
            <Markdown text={text} />
          </Suspense>
        </div>
      ) : (
        <p className="soft">
          This version has none. <code>plimsoll info {"<model>"} --markdown model-card.md</code>{" "}
          writes one from the metadata; publish it beside the weights.
        </p>
      )}
    </Card>
  );
}
