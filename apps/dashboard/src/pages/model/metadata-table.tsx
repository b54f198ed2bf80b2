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

function show(value: unknown): ReactNode {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) {
    return value.join(", ");
  }
  return <pre className="mono json">{JSON.stringify(value, null, 2)}</pre>;
}
