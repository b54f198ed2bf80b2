import type { Replica } from "@plimsoll/api";
import type { ReactNode } from "react";
import { ago } from "../../format/ago.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { Empty } from "../../parts/empty.tsx";

const columns: readonly Column[] = [
  { name: "Replica" },
  { name: "Generation", right: true },
  { name: "Serves" },
  { name: "Seen" },
];

/** Servers that follow the same store, and the generation that each serves. */
export function ReplicasCard(props: { readonly replicas: readonly Replica[] }): ReactNode {
  const { replicas } = props;
  const newest = Math.max(0, ...replicas.map(({ generation }) => generation));
  return (
    <Card
      title="Replicas"
      aside={<span className="small soft num">newest generation: {newest}</span>}
      flush
    >
      {replicas.length === 0 ? (
        <Empty title="This server is alone">
          <p>Servers that follow the same store tell each other here what they serve.</p>
        </Empty>
      ) : (
        <DataTable label="Replicas" columns={columns}>
          {replicas.map((replica) => (
            <tr key={replica.id} role="row">
              <th scope="row" role="rowheader">
                <span className="row">
                  <span className="mono">{replica.id}</span>
                  {replica.self && <Badge tone="accent">this one</Badge>}
                </span>
              </th>
              <td role="cell" data-label="Generation" className="right">
                <Badge tone={replica.generation === newest ? "good" : "warn"}>
                  {replica.generation}
                  {replica.generation === newest ? "" : " behind"}
                </Badge>
              </td>
              <td role="cell" data-label="Serves">
                <details>
                  <summary>{modelCount(replica)}</summary>
                  <ul className="channels">
                    {Object.entries(replica.models).map(([model, version]) => (
                      <li key={model}>
                        <span className="soft wrap-anywhere">{model}</span>
                        <span className="mono">{version}</span>
                      </li>
                    ))}
                  </ul>
                </details>
              </td>
              <td role="cell" data-label="Seen" className="nowrap">
                {ago(replica.lastSeen)}
              </td>
            </tr>
          ))}
        </DataTable>
      )}
    </Card>
  );
}

function modelCount({ models }: Replica): string {
  const count = Object.keys(models).length;
  return count === 1 ? "1 model" : `${count} models`;
}
