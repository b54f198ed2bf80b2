import type { ReactNode } from "react";

/** A SHA-256, short for the eye; pointing at it gives the whole. */
export function Digest({ value }: { readonly value: string | undefined }): ReactNode {
  if (!value) return "–";
  return (
    <code title={`sha256 ${value}`}>
      <span aria-hidden="true">{value.slice(0, 12)}…</span>
      <span className="visually-hidden">{value}</span>
    </code>
  );
}
