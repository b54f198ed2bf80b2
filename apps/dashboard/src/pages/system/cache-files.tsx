import type { CacheStatusAnswer } from "@plimsoll/api";
import type { ReactNode } from "react";
import { bytes } from "../../format/bytes.ts";
import { Card } from "../../parts/card.tsx";
import { Digest } from "../../parts/digest.tsx";
import { Empty } from "../../parts/empty.tsx";

/** The files in the cache by name; those of versions that are not loaded by their digest. */
export function CacheFiles(props: { readonly data: CacheStatusAnswer | undefined }): ReactNode {
  const { data } = props;
  return (
    <Card title="Files in the cache" flush>
      {!data || data.cached_files.length === 0 ? (
        <Empty title={data ? "The cache is empty" : "\u00a0"} />
      ) : (
        <table className="table">
          <tbody>
            {data.cached_files.slice(0, 200).map((file, index) => (
              <tr key={index}>
                <th scope="row" className="wrap-anywhere">
                  {/^[0-9a-f]{64}$/.test(file.name) ? <Digest value={file.name} /> : file.name}
                </th>
                <td className="right nowrap">{bytes(file.size)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
