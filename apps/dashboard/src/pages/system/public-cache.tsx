import type { CacheStatusAnswer } from "@plimsoll/api";
import type { ReactNode } from "react";
import { useLive } from "../../client/use-live.ts";
import { bytes } from "../../format/bytes.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Facts } from "../../parts/facts.tsx";

/** The cache as anyone may see it. */
export function PublicCache(): ReactNode {
  const { data } = useLive<CacheStatusAnswer>("/api/cache-status", 5000);
  return (
    <>
      <Facts
        figures
        facts={[
          { name: "Cached files", value: data?.cached_files.length ?? "\u00a0" },
          { name: "Size", value: data ? bytes(data.total_size) : "\u00a0" },
          { name: "Hits", value: data?.hits.toLocaleString("en") ?? "\u00a0" },
          { name: "Misses", value: data?.misses.toLocaleString("en") ?? "\u00a0" },
        ]}
      />
      <Card title="Files in the cache" flush>
        {!data || data.cached_files.length === 0 ? (
          <Empty title={data ? "The cache is empty" : "\u00a0"} />
        ) : (
          <table className="table">
            <tbody>
              {data.cached_files.slice(0, 200).map((file) => (
                <tr key={file.name}>
                  <th scope="row" className="wrap-anywhere">
                    {file.name}
                  </th>
                  <td className="right nowrap">{bytes(file.size)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Card>
    </>
  );
}
