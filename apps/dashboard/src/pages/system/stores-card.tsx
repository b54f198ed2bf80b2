import type { StoreHealth } from "@plimsoll/api";
import type { ReactNode } from "react";
import { ago } from "../../format/ago.ts";
import { duration } from "../../format/duration.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { Empty } from "../../parts/empty.tsx";

const columns: readonly Column[] = [
  { name: "Store" },
  { name: "State" },
  { name: "Write" },
  { name: "Answers in", right: true },
  { name: "Checked" },
];

/** Where versions come from, and whether it answers. */
export function StoresCard({ stores }: { readonly stores: readonly StoreHealth[] }): ReactNode {
  return (
    <Card title="Stores" flush>
      {stores.length === 0 ? (
        <Empty title="No store is configured">
          <p>
            Models come from a local folder. <code>MODEL_STORE</code> or{" "}
            <code>plimsoll.config.json</code> names a store.
          </p>
        </Empty>
      ) : (
        <DataTable label="Stores" columns={columns}>
          {stores.map((store) => (
            <tr key={store.store} role="row">
              <th scope="row" role="rowheader" className="cell-wide">
                <code>{store.store}</code>
                {store.error && (
                  <span className="small soft cell-error">
                    {store.error.code} {store.error.message}
                  </span>
                )}
              </th>
              <td role="cell" data-label="State">
                <Badge tone={store.reachable ? "good" : "bad"}>
                  {store.reachable ? "reachable" : "out of reach"}
                </Badge>
              </td>
              <td role="cell" data-label="Write">
                {store.writable === undefined
                  ? "not tried"
                  : store.writable
                    ? "allowed"
                    : "read only"}
              </td>
              <td role="cell" data-label="Answers in" className="right nowrap">
                {duration(store.latencyMs)}
              </td>
              <td role="cell" data-label="Checked" className="nowrap">
                {ago(store.checkedAt)}
              </td>
            </tr>
          ))}
        </DataTable>
      )}
    </Card>
  );
}
