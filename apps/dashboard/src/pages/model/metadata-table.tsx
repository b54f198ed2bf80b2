import type { ReactNode } from "react";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";

/** The metadata as it was published: names and values, lists and objects as JSON. */
export function MetadataTable(props: {
  readonly metadata: Readonly<Record<string, unknown>>;
}): ReactNode {
  const entries = Object.entries(props.metadata);
  return (
    <Card title="Metadata" flush>
      {entries.length === 0 ? (
        <Empty title="This version has no metadata" />
      ) : (
        <table className="table metadata">
          <tbody>
            {entries.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="wrap-anywhere">{show(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}

/** Sounds and pictures stand in metadata as text of many thousand characters: their beginning is enough to the eye. */
const longest = 160;
const tallest = 14;

const short = (text: string): string =>
  text.length > longest
    ? `${text.slice(0, 60)}… (${text.length.toLocaleString("en")} characters)`
    : text;

function show(value: unknown): ReactNode {
  if (typeof value === "string" || typeof value === "number") return short(String(value));
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) {
    return value.map(short).join(", ");
  }
  const text = JSON.stringify(
    value,
    (_, inner: unknown) => (typeof inner === "string" ? short(inner) : inner),
    2,
  );
  const lines = text.split("\n").length;
  const block = <pre className="mono json">{text}</pre>;
  if (lines <= tallest) return block;
  return (
    <details>
      <summary>{lines} lines</summary>
      {block}
    </details>
  );
}
